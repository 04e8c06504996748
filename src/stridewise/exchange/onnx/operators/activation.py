"""Activations, softmax and dropout: layers, where their options are the model's own."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.arithmetic import elementwise
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.values import Value, axis_last
from stridewise.layers import Activation, Dropout, PReLU

__all__: list[str] = []

# The activation, and its settings: our name, ONNX's, and what ONNX takes by default.
_ACTIVATIONS: dict[str, tuple[str, dict[str, tuple[str, float]]]] = {
    "Relu": ("relu", {}),
    "Sigmoid": ("sigmoid", {}),
    "Tanh": ("tanh", {}),
    "Softplus": ("softplus", {}),
    "Softsign": ("softsign", {}),
    "Mish": ("mish", {}),
    "HardSwish": ("hard_swish", {}),
    "LeakyRelu": ("leaky_relu", {"slope": ("alpha", 0.01)}),
    "Elu": ("elu", {"alpha": ("alpha", 1.0)}),
    "Celu": ("celu", {"alpha": ("alpha", 1.0)}),
    "ThresholdedRelu": ("thresholded_relu", {"alpha": ("alpha", 1.0)}),
    "HardSigmoid": ("hard_sigmoid", {"alpha": ("alpha", 0.2), "beta": ("beta", 0.5)}),
    "Selu": (
        "selu",
        {
            "alpha": ("alpha", 1.67326319217681884765625),
            "gamma": ("gamma", 1.05070102214813232421875),
        },
    ),
}


@translates(*_ACTIVATIONS)
def activation(node: OnnxNode, to: Builder) -> None:
    """A layer; the settings that differ from ours are told."""
    function, wanted = _ACTIVATIONS[node.operator]
    settings = {ours: node.get(theirs, usual) for ours, (theirs, usual) in wanted.items()}
    place_activation(node, to, function, settings)


def place_activation(node: OnnxNode, to: Builder, function: str, settings: dict[str, Any]) -> None:
    """Add an activation layer in the layout of its input."""
    value = to.tensor(node.inputs[0])
    layer = Activation(function, settings)
    to.place(node.outputs[0], layer, [value], rank=value.rank, last=value.last)


@translates("Gelu")
def gelu(node: OnnxNode, to: Builder) -> None:
    """Exact, or by the hyperbolic tangent."""
    place_activation(node, to, "gelu", {"approximate": node.get("approximate", "none")})


@translates("Swish")
def swish(node: OnnxNode, to: Builder) -> None:
    """``x · sigmoid(alpha · x)``."""
    alpha = node.get("alpha", 1.0)
    if alpha == 1:
        place_activation(node, to, "silu", {})
    else:
        elementwise(node, to, "swish", alpha=alpha)


@translates("PRelu")
def prelu(node: OnnxNode, to: Builder) -> None:
    """A layer, if the slopes are one a channel; else a function."""
    names = list(node.inputs)
    own = to.constant(names[1])
    own_rank = to.values[names[1]].rank if own is None else own.ndim
    first = to.values[names[0]].rank
    if node.opset < 7 and own_rank == 1 and first is not None:
        # One number a channel, which broadcasting would bring to the last axis.
        behind, names[1] = [*range(1, first - 1)], to.derived(names[1], f"channels{first}")
        to.once(names[1], "unsqueeze", to.plain(node.inputs[1]), rank=first - 1, axes=behind)
    (x, slope), rank, last = to.together(names)
    if slope.constant is not None and last and slope.constant.ndim <= 1:
        slopes = {"weight": slope.constant.reshape(-1)}
        if slopes["weight"].size > 1:
            to.place(node.outputs[0], PReLU(), [x], rank=rank, last=last, arrays=slopes)
            return
    layout: dict[str, Any] = {"rank": rank, "last": last, "batched": True}
    to.call(node.outputs[0], "prelu_broadcast", x, slope, **layout)


@translates("Clip")
def clip(node: OnnxNode, to: Builder) -> None:
    """An activation with constant bounds; a function, if the bounds are computed."""
    low, high = node.get("min"), node.get("max")
    names = [node.input(1), node.input(2)]
    values = [to.constant(name) for name in names]
    if any(name and value is None for name, value in zip(names, values, strict=True)):
        x = to.values[node.inputs[0]]
        bounds = [to.plain(name) if name else None for name in names]
        present = [bound is not None for bound in bounds]
        given = [bound for bound in bounds if bound is not None]
        layout: dict[str, Any] = {"rank": x.rank, "last": x.last, "batched": True}
        to.call(node.outputs[0], "clip_between", x, *given, **layout, given=present)
        return
    found = [
        old if new is None else new.item() for old, new in zip((low, high), values, strict=True)
    ]
    settings = {
        name: value for name, value in zip(("low", "high"), found, strict=True) if value is not None
    }
    x = to.values[node.inputs[0]]
    to.call(node.outputs[0], "clip", x, rank=x.rank, last=x.last, batched=True, **settings)


@translates("Softmax", "LogSoftmax", "Hardmax")
def softmax(node: OnnxNode, to: Builder) -> None:
    """Along one axis; before opset 13, over all axes from one on."""
    function = {"Softmax": "softmax", "LogSoftmax": "log_softmax", "Hardmax": "hardmax"}
    name = function[node.operator]
    x = to.values[node.inputs[0]]
    axis = node.get("axis", 1 if node.opset < 13 else -1)
    rank = x.axes
    together = node.opset < 13 and (rank is None or axis % rank != rank - 1)
    if x.last and together and axis != 1:  # from 1 on it is all but the batch, in any layout
        x = to.plain(node.inputs[0])
    elif x.last and rank is not None and not together:
        axis = axis_last(axis, rank)
    layout: dict[str, Any] = {"rank": rank, "last": x.last, "batched": True}
    to.call(node.outputs[0], f"{name}_from" if together else name, x, **layout, axis=axis)


@translates("Dropout")
def dropout(node: OnnxNode, to: Builder) -> None:
    """A layer, which drops in training only; a function, where the model asks for a mask."""
    ratio_name, training_name, mask = node.input(1), node.input(2), node.wants(1)
    ratio = to.constant(ratio_name)
    training = to.constant(training_name)
    if mask is None and (training_name is None or (training is not None and not training.any())):
        rate = node.get("ratio", 0.5) if ratio is None else float(ratio)
        value = to.tensor(node.inputs[0])
        if ratio_name is not None and ratio is None:
            to.alias(node.outputs[0], value)
            return
        to.place(node.outputs[0], Dropout(rate), [value], rank=value.rank, last=value.last)
        return
    x = to.plain(node.inputs[0])
    usual = (np.float32(node.get("ratio", 0.5)), np.bool_(False))
    given = [
        to.plain(name) if name else Value(constant=np.asarray(default))
        for name, default in zip((ratio_name, training_name), usual, strict=True)
    ]
    seed = node.get("seed", 0)
    to.call(node.outputs[0], "drop", x, *given, rank=x.rank, seed=seed)
    if mask is not None:
        to.call(mask, "drop_mask", x, *given, rank=x.rank, seed=seed)
