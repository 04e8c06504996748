"""Nodes of random graphs that arrange and reduce: what a layout can get wrong."""

import numpy as np
from onnx import TensorProto, numpy_helper

REDUCTIONS = ("Sum", "Mean", "Max", "Min", "L1", "L2", "SumSquare", "LogSumExp", "Prod")


class Shapes:
    """One method a family; each may add nothing."""

    def concat(self):
        x = self.taken()
        shape = self.values[x].shape
        if not shape:
            return
        axis = self.axis(len(shape), int(self.symbolic and len(shape) > 1))
        place = axis % len(shape)
        rest = shape[:place], shape[place + 1 :]
        same = [
            n
            for n, v in self.values.items()
            if v.ndim == len(shape)
            and v.dtype.kind == "f"
            and (v.shape[:place], v.shape[place + 1 :]) == rest
        ]
        others = [self.choice(same) for _ in range(self.choice((1, 2)))]
        if self.chance(0.2) and not self.symbolic:
            others.append(self.keep(self.drawn(*rest[0], 2, *rest[1])))
        self.add("Concat", [x, *others], axis=axis)

    def split(self):
        x = self.taken(range(1, 7))
        if x is None:
            return
        shape = self.values[x].shape
        axis = self.axis(len(shape), int(self.symbolic and len(shape) > 1))
        size = shape[axis]
        if self.chance(0.5) and size > 1:
            first = int(self.rng.integers(1, size))
            more, options = self.option("split", [first, size - first], 13)
            self.add("Split", [x, *more], 2, axis=axis, **options)
        else:
            parts = self.choice([n for n in (1, 2, 3) if size % n == 0])
            options = {"num_outputs": parts} if self.opset >= 18 else {}
            self.add("Split", [x], parts, axis=axis, **options)

    def slice(self):
        x = self.taken(range(1, 7))
        if x is None:
            return
        axes = self.subset(self.values[x].ndim)
        if self.symbolic and any(a % self.values[x].ndim == 0 for a in axes):
            return  # of another batch, nothing might be left
        starts = [int(n) for n in self.rng.integers(-3, 3, len(axes))]
        ends = [self.choice((1, 3, 5, -1, 2**31)) for _ in axes]
        if self.opset < 10:
            self.add("Slice", [x], axes=axes, starts=starts, ends=ends)
            return
        given = [starts, ends, axes]
        if self.chance(0.4):
            steps = [self.choice((1, 2, -1, -2)) for _ in axes]
            ends = [
                e if s > 0 else self.choice((-(2**31), -9, 0))
                for e, s in zip(ends, steps, strict=True)
            ]
            starts = [n if s > 0 else -1 for n, s in zip(starts, steps, strict=True)]
            given = [starts, ends, axes, steps]
        self.add("Slice", [x, *(self.keep(np.array(n, np.int64)) for n in given)])

    def pad(self):
        x = self.taken(range(1, 7))
        if x is None:
            return
        rank = self.values[x].ndim
        mode = self.choice(("constant", "constant", "edge", "reflect"))
        widths = [self.choice((0, 0, 1)) for _ in range(2 * rank)]
        if self.opset < 11:
            self.add("Pad", [x], mode=mode, pads=widths)
        elif self.opset >= 18 and self.chance(0.5):
            axes = self.subset(rank)
            widths = [self.choice((0, 1, -1)) for _ in range(2 * len(axes))]
            more = [self.keep(np.array(widths, np.int64)), "", self.keep(np.array(axes, np.int64))]
            self.add("Pad", [x, *more], mode=mode)
        else:
            value = [self.keep(np.float32(0.3))] if self.chance(0.5) else []
            self.add("Pad", [x, self.keep(np.array(widths, np.int64)), *value], mode=mode)

    def transpose(self):
        x = self.taken()
        order = [int(a) for a in self.rng.permutation(self.values[x].ndim)]
        if not order:
            return
        if self.chance(0.3):
            order = [0, *(a for a in order if a)]
        self.add("Transpose", [x], **({} if self.chance(0.15) else {"perm": order}))

    def reshape(self):
        x = self.taken()
        shape = list(self.values[x].shape)
        shape = [1] * (2 - len(shape)) + shape
        kind = self.choice(("merge", "split", "rows", "flat", "ones", "known"))
        place = int(self.rng.integers(len(shape) - 1)) if self.chance(0.4) else len(shape) - 2
        new = list(shape)
        if kind == "merge":
            new[place : place + 2] = [shape[place] * shape[place + 1]]
        elif kind == "split":
            parts = self.choice([n for n in (1, 2, 3, 4) if shape[place + 1] % n == 0])
            new[place + 1 : place + 2] = [parts, shape[place + 1] // parts]
        elif kind == "rows":
            new = [-1, shape[-1]]
        elif kind == "flat":
            new = [shape[0], -1]
        elif kind == "ones":
            new.insert(place, 1)
        if -1 not in new and self.chance(0.4):
            new[self.choice(range(len(new)))] = -1
        if self.chance(0.3) and new[0] == self.values[x].shape[:1]:
            new[0] = 0
        self.add("Reshape", [x, self.keep(np.array(new, np.int64))])

    def view(self):
        """What exporters make of ``x.view(x.size(0), -1)`` and the like."""
        x = self.taken((2, 3, 4, 5))
        if x is None:
            return
        sizes = self.add("Shape", [x])
        if self.chance(0.5):
            first = self.add("Gather", [sizes, self.keep(np.array([0], np.int64))], axis=0)
        elif self.chance(0.5):
            one = self.add("Gather", [sizes, self.keep(np.array(0, np.int64))], axis=0)
            more, options = self.option("axes", [0], 13)
            first = self.add("Unsqueeze", [one, *more], **options)
        elif self.opset >= 10:
            first = self.add("Slice", [sizes, *(self.keep(np.array([n])) for n in (0, 1))])
        else:
            first = self.add("Slice", [sizes], starts=[0], ends=[1])
        rest = self.values[x].shape[1:]
        options = [[-1], [-1, rest[-1]], [*rest, 1], [rest[0], -1], [int(np.prod(rest)), 1, 1]]
        new = self.add("Concat", [first, self.keep(np.array(self.choice(options)))], axis=0)
        self.add("Reshape", [x, new])

    def flatten(self):
        x = self.taken(range(1, 7))
        if x is not None:
            self.add("Flatten", [x], axis=self.axis(self.values[x].ndim))

    def squeeze(self):
        x = self.taken()
        ones = [axis for axis, size in enumerate(self.values[x].shape) if size == 1]
        if ones and self.chance(0.6):
            axes = [a for a in ones if self.chance(0.6)] or ones[:1]
            if self.opset >= 11 and self.chance(0.3):
                axes = [a - self.values[x].ndim for a in axes]
            more, options = self.option("axes", axes, 13)
            self.add("Squeeze", [x, *more], **(options if self.chance(0.9) else {}))
        elif self.values[x].ndim < 5:
            axes = self.subset(self.values[x].ndim + 2)[:2]
            axes = axes if len(axes) == 2 else [0]
            more, options = self.option("axes", axes, 13)
            self.add("Unsqueeze", [x, *more], **options)

    def repeat(self):
        x = self.taken(range(1, 6))
        if x is None or self.opset < 8:
            return
        shape = self.values[x].shape
        if self.chance(0.5):
            new = [self.choice((1, 2)) if size == 1 else self.choice((size, 1)) for size in shape]
            new = [2, *new] if self.chance(0.2) else new[self.choice((0, 0, 1)) :]
            self.add("Expand", [x, self.keep(np.array(new, np.int64))])
        else:
            counts = [self.choice((1, 1, 2)) for _ in shape]
            self.add("Tile", [x, self.keep(np.array(counts, np.int64))])

    def reduce(self):
        x = self.taken(range(1, 7))
        if x is None:
            return
        operator = "Reduce" + self.choice(
            REDUCTIONS if self.values[x].size < 40 else REDUCTIONS[:-1]
        )
        options = {"keepdims": self.choice((0, 1))} if self.chance(0.8) else {}
        since = 13 if operator == "ReduceSum" else 18
        more, told = self.option("axes", self.subset(self.values[x].ndim), since)
        if self.chance(0.15):
            more, told = [], {}
            if self.opset >= since and self.chance(0.4):
                told = {"noop_with_empty_axes": 1}
        self.add(operator, [x, *more], **options, **told)

    def extreme(self):
        x = self.taken(range(1, 7))
        if x is None:
            return
        axis = self.axis(self.values[x].ndim)
        if (
            len(np.unique(self.values[x])) < self.values[x].size
        ):  # rounding would choose among equals
            x = self.add("Add", [x, self.keep(self.drawn(*self.values[x].shape))])
            if x is None:
                return
        if self.chance(0.5):
            options = {"keepdims": self.choice((0, 1)), "axis": axis}
            place = self.add(self.choice(("ArgMax", "ArgMin")), [x], **options)
            if self.chance(0.5):
                self.add("Cast", [place], to=TensorProto.FLOAT)
        else:
            k = int(self.rng.integers(1, self.values[x].shape[axis] + 1))
            more, options = self.option("k", [k], 10)
            self.add("TopK", [x, *more], 2, axis=axis, **({"k": k} if options else {}))

    def gather(self):
        x = self.taken(range(1, 7))
        if x is None:
            return
        axis = self.axis(self.values[x].ndim)
        size = self.values[x].shape[axis]
        shape = self.choice(((), (1,), (2,), (2, 2)))
        indices = np.asarray(self.rng.integers(0, size, shape), np.int64)
        self.add("Gather", [x, self.keep(indices)], axis=axis)

    def rarer(self):
        """What keeps the shape, and is met now and then."""
        x = self.taken(range(1, 7))
        if x is None:
            return
        rank = self.values[x].ndim
        kind = self.choice(("cumsum", "filled", "lp", "standard", "elements", "einsum", "triangle"))
        if kind == "cumsum" and self.opset >= 11:
            axis = self.keep(np.array(self.axis(rank)))
            self.add("CumSum", [x, axis], reverse=self.choice((0, 1)))
        elif kind == "filled" and self.opset >= 9:
            sizes = self.add("Shape", [x])
            value = numpy_helper.from_array(np.float32([0.5]))
            ones = self.add("ConstantOfShape", [sizes], value=value)
            self.add("Add", [x, ones])
        elif kind == "lp":
            self.add("LpNormalization", [x], axis=self.axis(rank), p=self.choice((1, 2)))
        elif kind == "standard" and self.opset >= 9 and rank > 2:
            self.add("MeanVarianceNormalization", [x], axes=self.choice(([0, 2], [1, 2])))
        elif kind == "elements" and self.opset >= 11 and not self.symbolic:
            axis = self.axis(rank)
            indices = self.rng.integers(0, self.values[x].shape[axis], self.values[x].shape)
            self.add("GatherElements", [x, self.keep(indices)], axis=axis)
        elif kind == "einsum" and self.opset >= 12 and rank in (3, 4):
            self.add("Einsum", [x, x], equation="nab,ncb->nac" if rank == 3 else "nchw,ndhw->ndc")
        elif kind == "triangle" and self.opset >= 14:
            self.add("Trilu", [x], upper=self.choice((0, 1)))
