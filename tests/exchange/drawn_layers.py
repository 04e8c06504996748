"""Nodes of random graphs that layers stand for: windows, norms, activations, arithmetic."""

import numpy as np
from onnx import TensorProto


class Layers:
    """One method a family; each may add nothing."""

    def conv(self):
        x = self.taken((3, 4, 5))
        if x is None:
            return
        C, rank = self.values[x].shape[1], self.values[x].ndim - 2
        groups = self.choice([g for g in (1, 1, 2, 3, C) if C % g == 0])
        out, kernel = groups * self.choice((1, 2)), self.kernel(x)
        options = self.window(rank)
        transposed = self.chance(0.3)
        if transposed and "SAME" in options.get("auto_pad", ""):
            del options["auto_pad"]  # the runtime does not enlarge by what the kernel leaves out
        shape = (C, out // groups) if transposed else (out, C // groups)
        weight = self.keep(self.drawn(*shape, *kernel) / 2)
        bias = [self.keep(self.drawn(out))] if self.chance(0.6) else []
        if self.chance(0.1) and bias:  # computed weights
            weight = self.add("Neg", [weight]) or weight
        self.add(
            "ConvTranspose" if transposed else "Conv", [x, weight, *bias], group=groups, **options
        )

    def kernel(self, x):
        """No larger than the input: the runtime would read beyond it."""
        return [int(self.rng.integers(1, min(size, 3) + 1)) for size in self.values[x].shape[2:]]

    def window(self, rank):
        some = {"strides": [self.choice((1, 2)) for _ in range(rank)]} if self.chance(0.5) else {}
        if self.chance(0.3):
            return some | {"auto_pad": self.choice(("SAME_UPPER", "SAME_LOWER", "VALID"))}
        if self.chance(0.5):
            some["pads"] = [self.choice((0, 1)) for _ in range(2 * rank)]
        return some

    def pool(self):
        x = self.taken((3, 4, 5))
        if x is None:
            return
        rank = self.values[x].ndim - 2
        operator = self.choice(("MaxPool", "AveragePool"))
        options = self.window(rank) | {"kernel_shape": self.kernel(x)}
        if self.chance(0.4) and self.opset >= 11:
            options["ceil_mode"] = 1
        if operator == "AveragePool" and self.chance(0.4):
            options["count_include_pad"] = 1
        self.add(operator, [x], **options)

    def over_space(self):
        x = self.taken((3, 4, 5))
        self.add(self.choice(("GlobalAveragePool", "GlobalMaxPool")), [x])

    def norm(self):
        kind = self.choice(("batch", "batch", "instance", "group", "lrn", "layer"))
        x = self.taken((2, 3, 4, 5) if kind in ("batch", "layer") else (3, 4, 5))
        if x is None:
            return
        shape = self.values[x].shape
        two = [self.keep(self.drawn(shape[1])) for _ in range(2)]
        if kind == "batch":
            moments = [self.drawn(shape[1]), self.drawn(shape[1], positive=True)]
            self.add("BatchNormalization", [x, *two, *map(self.keep, moments)])
        elif kind == "instance":
            self.add("InstanceNormalization", [x, *two], epsilon=0.1)
        elif kind == "group" and self.opset >= 21:
            groups = self.choice([g for g in (1, 2, 3, 4) if shape[1] % g == 0])
            self.add("GroupNormalization", [x, *two], num_groups=groups, epsilon=0.1)
        elif kind == "lrn":
            self.add("LRN", [x], size=3, alpha=0.1)
        elif kind == "layer" and self.opset >= 17:
            axis = self.axis(len(shape), 1)
            own = [self.keep(self.drawn(*shape[axis:])) for _ in range(self.choice((1, 2)))]
            self.add("LayerNormalization", [x, *own], axis=axis, epsilon=0.1)

    def activation(self):
        named = [
            "Relu",
            "Sigmoid",
            "Tanh",
            "LeakyRelu",
            "Elu",
            "Softplus",
            "Neg",
            "Abs",
            "Identity",
        ]
        named += ["HardSigmoid", "Selu", "Dropout"]
        named += ["HardSwish"] * (self.opset >= 14) + ["Gelu"] * (self.opset >= 20)
        self.add(self.choice(named), [self.taken()])

    def prelu(self):
        x = self.taken()
        if x is not None:
            slope = self.broadcastable(self.values[x].shape)
            if slope.ndim <= self.values[x].ndim:
                self.add("PRelu", [x, self.keep(slope)])

    def broadcastable(self, shape):
        """An array that meets a shape: fewer axes, ones among them, all of it."""
        kept = shape[int(self.rng.integers(len(shape) + 1)) :] if self.chance(0.5) else shape
        if self.symbolic and len(kept) == len(shape):
            kept = (1, *kept[1:])
        array = self.drawn(*(size if self.chance(0.5) else 1 for size in kept), positive=True)
        return array.reshape(1, *array.shape) if self.chance(0.05) else array

    def elementwise(self):
        x = self.taken()
        shape = self.values[x].shape
        fits = [
            n for n, v in self.values.items() if v.dtype.kind == "f" and broadcasts(shape, v.shape)
        ]
        if self.chance(0.5):
            other = self.choice(fits)
            operator = self.choice(("Add", "Sub", "Mul", "Max", "Min", "Sum"))
        else:
            other = self.keep(self.broadcastable(shape))
            operator = self.choice(("Add", "Sub", "Mul", "Div"))
        pair = [x, other] if self.chance(0.6) or operator == "Div" else [other, x]
        if operator in ("Max", "Sum") and self.chance(0.3):
            pair.append(self.choice(fits))
        self.add(operator, pair)

    def where(self):
        x = self.taken()
        if self.opset < 9:
            return
        mask = self.add("Greater", [x, self.keep(self.broadcastable(self.values[x].shape))])
        if mask and self.chance(0.7):
            options = [x, self.keep(self.broadcastable(self.values[x].shape))]
            self.add("Where", [mask, *(options if self.chance(0.5) else options[::-1])])
        elif mask:
            self.add("Cast", [mask], to=self.choice((TensorProto.FLOAT, TensorProto.INT64)))

    def clip(self):
        if self.opset < 11:
            self.add("Clip", [self.taken()], min=-0.5, max=0.8)
        else:
            ends = [self.keep(np.float32(-0.5)), self.keep(np.float32(0.8))]
            ends = self.choice((ends, ends[:1], ["", ends[1]]))
            self.add("Clip", [self.taken(), *ends])

    def softmax(self):
        x = self.taken(range(1, 7))
        if x is not None:
            options = {"axis": self.axis(self.values[x].ndim)} if self.chance(0.85) else {}
            self.add(self.choice(("Softmax", "LogSoftmax")), [x], **options)

    def resize(self):
        x = self.taken((3, 4, 5))
        if x is None:
            return
        shape = self.values[x].shape
        scales = [1.0, 1.0] + [self.choice((1.0, 2.0)) for _ in shape[2:]]
        if self.opset < 10:
            more, options = [], {"scales": scales}
            if self.opset == 9:
                more, options = [self.keep(np.float32(scales))], {}
            self.add("Upsample", [x, *more], mode="nearest", **options)
        elif len(shape) == 4 or self.chance(0.5):
            mode = self.choice(("nearest", "linear"))
            options = {"mode": mode}
            if self.chance(0.5):
                coordinates = ("asymmetric", "align_corners", "half_pixel", "pytorch_half_pixel")
                options["coordinate_transformation_mode"] = self.choice(coordinates)
            more = ["", self.keep(np.float32(scales))]
            if self.chance(0.4):
                sizes = np.array([*shape[:2], *(n + self.choice((0, 1, 2)) for n in shape[2:])])
                more = ["", "", self.keep(sizes)]
            self.add("Resize", [x, *more], **options)

    def shuffle(self):
        x = self.taken((4,))
        if self.chance(0.5):
            options = {"mode": self.choice(("DCR", "CRD"))} if self.opset >= 11 else {}
            self.add("DepthToSpace", [x], blocksize=2, **options)
        else:
            self.add("SpaceToDepth", [x], blocksize=2)

    def product(self):
        x = self.taken((2, 3, 4))
        if x is None:
            return
        shape = self.values[x].shape
        out = self.choice((1, 3))
        if len(shape) == 2 and self.chance(0.6):
            turned, other = self.choice((0, 0, 1)), self.choice((0, 1))
            inner, outer = (shape[0], shape[1]) if turned else (shape[1], shape[0])
            b = self.keep(self.drawn(*((out, inner) if other else (inner, out))))
            c = self.choice(((), (1,), (out,), (1, out), (outer, 1)))
            more = (
                [self.keep(self.drawn(*c))] if c or (self.opset >= 11 and self.chance(0.3)) else []
            )
            alpha = self.choice((1.0, 0.5))
            self.add("Gemm", [x, b, *more], transA=turned, transB=other, alpha=alpha)
        elif self.chance(0.6):
            lead = self.choice(((), (), shape[:-2], (1,), (2, *shape[:-2])))
            self.add("MatMul", [x, self.keep(self.drawn(*lead, shape[-1], out))])
        else:
            fits = [n for n, v in self.values.items() if v.ndim > 1 and v.shape[-2] == shape[-1]]
            if fits:
                self.add("MatMul", [x, self.choice(fits)])


def broadcasts(*shapes):
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return False
    return True
