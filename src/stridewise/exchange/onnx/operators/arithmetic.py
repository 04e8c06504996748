"""Operators of single numbers: arithmetic and comparison. Either layout will do."""

from __future__ import annotations

from typing import Any

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.registry import TRANSLATORS, translates
from stridewise.exchange.onnx.reading import element_type, refuse

__all__ = ["KEEP_LAYOUT", "elementwise"]

_PLAIN = {
    "Identity": "identity",
    "Abs": "abs",
    "Neg": "negative",
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Reciprocal": "reciprocal",
    "Sin": "sin",
    "Cos": "cos",
    "Tan": "tan",
    "Asin": "asin",
    "Acos": "acos",
    "Atan": "atan",
    "Sinh": "sinh",
    "Cosh": "cosh",
    "Asinh": "asinh",
    "Acosh": "acosh",
    "Atanh": "atanh",
    "Erf": "erf",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Sign": "sign",
    "Not": "logical_not",
    "BitwiseNot": "bitwise_not",
    "IsNaN": "is_nan",
    "Add": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "Div": "divide",
    "Pow": "power",
    "Sum": "add",
    "Mean": "mean",
    "Max": "maximum",
    "Min": "minimum",
    "And": "logical_and",
    "Or": "logical_or",
    "Xor": "logical_xor",
    "BitwiseAnd": "bitwise_and",
    "BitwiseOr": "bitwise_or",
    "BitwiseXor": "bitwise_xor",
    "Equal": "equal",
    "Less": "less",
    "LessOrEqual": "less_or_equal",
    "Greater": "greater",
    "GreaterOrEqual": "greater_or_equal",
    "Where": "where",
}

# One number in, one out, wherever it stands: images stay images.
KEEP_LAYOUT = {
    *_PLAIN,
    *("Cast", "CastLike", "Celu", "Clip", "Dropout", "Elu", "Gelu", "HardSigmoid", "HardSwish"),
    *("IsInf", "LeakyRelu", "Mish", "Mod", "PRelu", "Relu", "Selu", "Shrink", "Sigmoid"),
    *("Softplus", "Softsign", "Swish", "Tanh", "ThresholdedRelu"),
}


@translates(*_PLAIN)
def plain(node: OnnxNode, to: Builder) -> None:
    """The function of the same meaning."""
    elementwise(node, to, _PLAIN[node.operator])


def elementwise(node: OnnxNode, to: Builder, function: str, **settings: Any) -> None:
    """Add a function of numbers that meet one by one, in whatever layout they have."""
    names = list(node.inputs)
    if node.get("broadcast") and len(names) == 2:
        names[1] = _shifted(node, to)
    values, rank, last = to.together(names)
    layout: dict[str, Any] = {"rank": rank, "last": last, "batched": True}
    to.call(node.outputs[0], function, *values, **layout, **settings)


def _shifted(node: OnnxNode, to: Builder) -> str:
    """Before opset 7, ``axis`` says where the second argument's axes meet the first's."""
    axis, first, second = node.get("axis"), to.values[node.inputs[0]], node.inputs[1]
    constant = to.constant(second)
    own = to.values[second].rank if constant is None else constant.ndim
    if axis is None or first.rank is None or own is None:
        return second
    behind = first.rank - axis % first.rank - own
    name = to.derived(second, f"behind{behind}")
    to.once(
        name,
        "unsqueeze",
        to.plain(second),
        rank=own + behind,
        axes=[*range(own, own + behind)],
    )
    return name


@translates("Mod")
def mod(node: OnnxNode, to: Builder) -> None:
    """The sign of the divisor, or with ``fmod`` that of the dividend."""
    elementwise(node, to, "fmod" if node.get("fmod", 0) else "mod")


@translates("BitShift")
def bit_shift(node: OnnxNode, to: Builder) -> None:
    """To the left or to the right."""
    elementwise(node, to, "bit_shift", direction=node.get("direction", "LEFT"))


@translates("IsInf")
def is_inf(node: OnnxNode, to: Builder) -> None:
    """Either sign, or one."""
    settings = {
        "negative": bool(node.get("detect_negative", 1)),
        "positive": bool(node.get("detect_positive", 1)),
    }
    elementwise(node, to, "is_inf", **settings)


@translates("Shrink")
def shrink(node: OnnxNode, to: Builder) -> None:
    """0 between the thresholds."""
    settings = {"threshold": node.get("lambd", 0.5), "bias": node.get("bias", 0.0)}
    elementwise(node, to, "shrink", **settings)


@translates("Cast", "CastLike")
def cast(node: OnnxNode, to: Builder) -> None:
    """To a type of numbers."""
    if node.operator == "CastLike":
        x, like = to.values[node.inputs[0]], to.plain(node.inputs[1])
        layout: dict[str, Any] = {"rank": x.rank, "last": x.last, "batched": x.batched}
        to.call(node.outputs[0], "cast_like", x, like, **layout)
        return
    code = node.get("to")
    dtype = element_type(code) if isinstance(code, int) else None
    if dtype is None:
        raise refuse(
            "the node casts to a type that is not supported.",
            needed="floats of 16, 32 or 64 bits, integers, bool",
            received=f"element type {code} in node {node.title!r}",
            hint="an export in float32",
        )
    elementwise(node, to, "cast", dtype=dtype.name)


TRANSLATORS["Identity"] = lambda node, to: to.alias(node.outputs[0], to.values[node.inputs[0]])
