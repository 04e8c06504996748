"""Random ONNX graphs of many operators: what each gives decides what may come next.

Each node is run by ONNX Runtime as soon as it is drawn, so that shapes are known and whatever the
runtime refuses is drawn again.
"""

import numpy as np
import onnxruntime
from onnx import helper, numpy_helper

onnxruntime.set_default_logger_severity(4)
OPSETS = (7, 9, 11, 13, 17, 21, 25)
# Endings of names that an importer may want for itself.
ENDINGS = ("last", "first", "tensor", "constant", "filters", "weight", "channels", "4", "1")
MOST_NUMBERS = 4000


def runtime(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


class Drawing:
    """A graph in the making: ``model()``, and ``feeds`` to run it on."""

    kinds = ()

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.opset = self.choice(OPSETS)
        self.values, self.feeds, self.constants, self.nodes = {}, {}, {}, []
        self.declared = self.choice(("all", "all", "all", "others", "others", "rank", "nothing"))
        self.symbolic = self.declared != "all"
        self.batch = self.choice((1, 2, 3))
        self.odd_names = self.chance(0.1)
        shape = [self.batch, *self.sizes(self.choice((3, 3, 3, 2, 2, 4, 1)))]
        self.enter("x", shape)
        while self.chance(0.3) and len(self.feeds) < 3:
            other = [size if self.chance(0.7) else 1 for size in shape[1:]]
            drop = self.chance(0.2) and not self.symbolic
            self.enter(f"x{len(self.feeds)}", other if drop else [self.batch, *other])
        wanted, tries = self.choice(range(3, 16)), 0
        while len(self.nodes) < wanted and tries < 60:
            tries += 1
            getattr(self, self.choice(self.kinds))()

    def choice(self, options):
        return options[self.rng.integers(len(options))]

    def chance(self, probability):
        return bool(self.rng.random() < probability)

    def sizes(self, rank):
        return [int(n) for n in self.rng.integers(1, 9 if rank < 4 else 5, rank)]

    def enter(self, name, shape):
        self.values[name] = self.feeds[name] = self.drawn(*shape)

    def drawn(self, *shape, positive=False):
        array = np.asarray(self.rng.standard_normal(shape), np.float32)
        return abs(array) + np.float32(0.5) if positive else array

    def taken(self, ranks=None, kind="f"):
        """Name of a value; a recent one, mostly."""
        names = [n for n, v in self.values.items() if v.dtype.kind in kind]
        names = [n for n in names if ranks is None or self.values[n].ndim in ranks]
        if not names:
            return None
        return self.choice(names[-2:] if self.chance(0.6) else names)

    def keep(self, array):
        """Name of a new constant: an initialiser, or a node."""
        name = f"c{len(self.constants)}"
        self.constants[name] = (np.asarray(array), self.chance(0.3))
        return name

    def axis(self, rank, least=0):
        axis = int(self.rng.integers(least, rank))
        return axis - rank if self.opset >= 11 and self.chance(0.4) else axis

    def subset(self, rank, least=1):
        count = int(self.rng.integers(least, rank + 1))
        axes = sorted(int(a) for a in self.rng.choice(rank, count, replace=False))
        return [a - rank if self.opset >= 11 and self.chance(0.3) else a for a in axes]

    def option(self, name, numbers, since):
        """An option that became an input: (more inputs, attributes)."""
        if self.opset >= since:
            return [self.keep(np.array(numbers, np.int64))], {}
        return [], {name: numbers}

    def add(self, operator, inputs, count=1, **attributes):
        """Add a node, unless the runtime refuses it or its numbers are no use."""
        if None in inputs:
            return None
        names = []
        for _ in range(count):
            name = f"v{len(self.values) + len(names)}"
            if self.odd_names and self.chance(0.5):
                odd = f"{self.choice([*self.values, *self.constants])}:{self.choice(ENDINGS)}"
                name = name if odd in self.values or odd in names else odd
            names.append(name)
        node = helper.make_node(operator, inputs, names, **attributes)
        given = [n for n in dict.fromkeys(inputs) if n]
        arrays = {n: self.values[n] if n in self.values else self.constants[n][0] for n in given}
        try:
            session = runtime(self.wrap([node], arrays, names, {}))
            found = session.run(None, arrays)
        except Exception:  # the runtime has its own
            return None
        for y in found:
            size = abs(y).max(initial=0) if y.dtype.kind == "f" else 0
            if not 0 < y.size <= MOST_NUMBERS or not np.isfinite(size) or size > 1e3:
                return None
        self.nodes.append(node)
        self.values.update(zip(names, found, strict=True))
        return names[0]

    def wrap(self, nodes, feeds, outputs, constants, declared="all"):
        def info(name, array):
            shape = {
                "all": array.shape,
                "others": ["N", *array.shape[1:]],
                "rank": ["N", *(f"{name}_{axis}" for axis in range(1, array.ndim))],
                "nothing": None,
            }[declared]
            return helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(array.dtype), shape
            )

        kept = [
            (n, numpy_helper.from_array(a, n), as_node) for n, (a, as_node) in constants.items()
        ]
        graph = helper.make_graph(
            [helper.make_node("Constant", [], [n], value=t) for n, t, as_node in kept if as_node]
            + nodes,
            "composition",
            [info(name, array) for name, array in feeds.items()],
            [helper.make_empty_tensor_value_info(name) for name in outputs],
            [t for _, t, as_node in kept if not as_node],
        )
        opsets = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def outputs(self):
        """What no node takes, and now and then something else."""
        used = {name for node in self.nodes for name in node.input}
        names = [n for n in self.values if n not in used and n not in self.feeds]
        others = [n for n in self.values if n not in names and self.chance(0.08)]
        return names + others

    def model(self):
        if not hasattr(self, "_model"):
            self._model = self.wrap(
                self.nodes, self.feeds, self.outputs(), self.constants, self.declared
            )
        return self._model
