"""Small ONNX models to break: right ones, made with ONNX's own helper."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

RELU = helper.make_node("Relu", ["x"], ["y"])
IMAGE = (1, 3, 8, 6)


def model(nodes, *, inputs=None, outputs=("y",), arrays=None, opset=20, functions=()):
    """A model of nodes; ``x`` is an image, unless ``inputs`` says else."""
    inputs = {"x": IMAGE} if inputs is None else inputs
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [numpy_helper.from_array(np.asarray(a), name) for name, a in (arrays or {}).items()],
    )
    opsets = [] if opset is None else [helper.make_opsetid("", opset)]
    own = [helper.make_opsetid("own", 1)] * bool(functions)
    return helper.make_model(graph, opset_imports=opsets + own, functions=list(functions))


def function(name, *nodes):
    """A function of the model's own, from ``a`` to ``b``."""
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("own", 1)]
    return helper.make_function("own", name, ["a"], ["b"], nodes, opsets)


def call(name, given, gives):
    return helper.make_node(name, [given], [gives], domain="own")


def with_tensor(dims, raw=None, code=TensorProto.FLOAT, **fields):
    """A model that adds a tensor which claims anything."""
    tensor = TensorProto(name="tensor", data_type=code, dims=dims, **fields)
    if raw is not None:
        tensor.raw_data = raw
    broken = model([helper.make_node("Add", ["x", "tensor"], ["y"])])
    broken.graph.initializer.append(tensor)
    return broken


def _drawn(*shape):
    return np.random.default_rng(7).standard_normal(shape).astype(np.float32)


def convnet():
    """Windows, normalisation, layouts, a classifier."""
    nodes = [
        ("Conv", "x w1 b1", "c1", {"pads": [1, 1, 1, 1]}),
        ("BatchNormalization", "c1 scale shift mean variance", "n1", {"epsilon": 1e-5}),
        ("Relu", "n1", "r1", {}),
        ("MaxPool", "r1", "p1", {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ("Conv", "p1 w2", "c2", {"group": 2, "auto_pad": "SAME_UPPER"}),
        ("LeakyRelu", "c2", "l2", {"alpha": 0.1}),
        ("Concat", "p1 l2", "both", {"axis": 1}),
        ("AveragePool", "both", "a", {"kernel_shape": [2, 2], "ceil_mode": 1}),
        ("ConvTranspose", "a w3", "t", {"strides": [2, 2]}),
        ("Resize", "t roi scales", "larger", {"mode": "linear"}),
        ("Pad", "larger widths", "framed", {}),
        ("Slice", "framed starts ends axes", "cut", {}),
        ("Transpose", "cut", "turned", {"perm": [0, 2, 3, 1]}),
        ("Transpose", "turned", "back", {"perm": [0, 3, 1, 2]}),
        ("GlobalAveragePool", "back", "g", {}),
        ("Flatten", "g", "f", {"axis": 1}),
        ("Gemm", "f w4 b4", "d", {"transB": 1}),
        ("Softmax", "d", "y", {"axis": -1}),
    ]
    arrays = {
        **{"w1": _drawn(4, 3, 3, 3), "b1": _drawn(4), "w2": _drawn(4, 2, 3, 3)},
        **{"scale": _drawn(4), "shift": _drawn(4), "mean": _drawn(4), "variance": _drawn(4) ** 2},
        **{"w3": _drawn(8, 4, 2, 2), "w4": _drawn(5, 4), "b4": _drawn(5)},
        **{"roi": np.float32([]), "scales": np.float32([1, 1, 2, 2])},
        **{"widths": np.array([0, 0, 1, 1, 0, 0, 1, 1]), "starts": np.array([1, 0])},
        **{"ends": np.array([100, 7]), "axes": np.array([2, 3])},
    }
    return model(_nodes(nodes), inputs={"x": ("N", *IMAGE[1:])}, arrays=arrays)


def arithmetic():
    """Shapes that are computed, constants that are folded, indices."""
    nodes = [
        ("Shape", "x", "sizes", {}),
        ("Gather", "sizes zero", "n", {}),
        ("Unsqueeze", "n axis", "batch", {}),
        ("Constant", "", "rest", {"value_ints": [-1]}),
        ("Concat", "batch rest", "shape", {"axis": 0}),
        ("Reshape", "x shape", "f", {}),
        ("ReduceMean", "f one", "average", {"keepdims": 1}),
        ("Sub", "f average", "centred", {}),
        ("Pow", "centred two", "squares", {}),
        ("Clip", "squares low high", "inside", {}),
        ("Split", "inside halves", "first second", {"axis": 1}),
        ("ConstantOfShape", "small", "zeros", {}),
        ("Tile", "zeros repeats", "tiled", {}),
        ("Expand", "tiled repeats", "expanded", {}),
        ("Add", "first expanded", "sum", {}),
        ("MatMul", "sum weight", "product", {}),
        ("Where", "condition product low", "chosen", {}),
        ("Cast", "chosen", "double", {"to": TensorProto.DOUBLE}),
        ("TopK", "double five", "best places", {"axis": 1}),
        ("ArgMax", "best", "winner", {"axis": 1}),
        ("Range", "low high two", "steps", {}),
        ("CumSum", "best one", "y", {}),
    ]
    arrays = {
        **{"zero": np.array(0), "axis": np.array([0]), "one": np.array([1]), "five": np.array([5])},
        **{"two": np.float32(2), "low": np.float32(0), "high": np.float32(6)},
        **{"halves": np.array([72, 72]), "small": np.array([1, 1]), "repeats": np.array([1, 72])},
        **{"weight": _drawn(72, 6), "condition": np.array([True, False, True, True, False, True])},
    }
    outputs = ("y", "winner", "steps", "second")
    return model(_nodes(nodes), inputs={"x": IMAGE}, outputs=outputs[:2], arrays=arrays)


def _nodes(specs):
    return [helper.make_node(op, i.split(), o.split(), **options) for op, i, o, options in specs]
