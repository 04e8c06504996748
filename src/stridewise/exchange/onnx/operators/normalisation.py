"""Normalisations, with their scale and shift."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.reading import refuse
from stridewise.layers import BatchNorm, GroupNorm, InstanceNorm, LocalResponseNorm

__all__: list[str] = []


@translates("BatchNormalization")
def batch_norm(node: OnnxNode, to: Builder) -> None:
    """A layer with running statistics; a function, if its arrays are computed."""
    x = to.last(node.inputs[0])
    epsilon, momentum = node.get("epsilon", 1e-5), node.get("momentum", 0.9)
    arrays = [to.constant(name) for name in node.inputs[1:5]]
    layout: dict[str, Any] = {"rank": x.rank, "last": x.last, "batched": True}
    training = bool(node.get("training_mode", 0)) or len(list(filter(None, node.outputs))) > 1
    if not training and all(array is not None for array in arrays):
        names = ("weight", "bias", "mean", "variance")
        own = {name: np.asarray(a) for name, a in zip(names, arrays, strict=True)}
        layer = BatchNorm(momentum=momentum, epsilon=epsilon)
        to.place(node.outputs[0], layer, [x], rank=x.rank, last=x.last, arrays=own)
        return
    scale, shift, mean, variance = (to.plain(name) for name in node.inputs[1:5])
    if not training:
        given = (x, scale, shift, mean, variance)
        to.call(node.outputs[0], "batch_norm_known", *given, **layout, epsilon=epsilon)
        return
    to.call(node.outputs[0], "batch_norm", x, scale, shift, **layout, epsilon=epsilon)
    for place, (running, which) in enumerate([(mean, "mean"), (variance, "variance")], start=1):
        name = node.wants(place)
        if name:
            settings = {"statistic": which, "momentum": momentum}
            to.call(name, "running_statistic", x, running, rank=1, **settings)


@translates("InstanceNormalization", "GroupNormalization")
def instance_or_group_norm(node: OnnxNode, to: Builder) -> None:
    """A layer; a function, if scale and shift are computed."""
    x = to.last(node.inputs[0])
    settings: dict[str, Any] = {"epsilon": node.get("epsilon", 1e-5)}
    by_group = node.operator == "GroupNormalization"
    if by_group:
        settings["groups"] = node.get("num_groups")
    scale, shift = (to.constant(name) for name in node.inputs[1:3])
    old = by_group and node.opset < 21  # one number a group, not a channel
    if scale is not None and shift is not None and not old:
        layer = GroupNorm(**settings) if by_group else InstanceNorm(**settings)
        own = {"weight": scale, "bias": shift}
        to.place(node.outputs[0], layer, [x], rank=x.rank, last=x.last, arrays=own)
        return
    function = ("group_norm_by_group" if old else "group_norm") if by_group else "instance_norm"
    given = (x, *(to.plain(name) for name in node.inputs[1:3]))
    layout: dict[str, Any] = {"rank": x.rank, "last": x.last, "batched": True}
    to.call(node.outputs[0], function, *given, **layout, **settings)


@translates("LayerNormalization", "RMSNormalization")
def layer_norm(node: OnnxNode, to: Builder) -> None:
    """Over the last axes of ONNX's layout: a function, with its statistics if asked for."""
    x = to.plain(node.inputs[0])
    settings = {"axis": node.get("axis", -1), "epsilon": node.get("epsilon", 1e-5)}
    given = [x, *(to.plain(name) for name in node.inputs[1:3] if name)]
    function = "layer_norm" if node.operator == "LayerNormalization" else "rms_norm"
    if function == "layer_norm" and len(given) == 2:  # no shift: a shift by 0
        given.append(to.call(to.derived(node.outputs[0], "shift"), "subtract", given[1], given[1]))
    to.call(node.outputs[0], function, *given, rank=x.rank, batched=True, **settings)
    for place, statistic in enumerate(("mean", "inverse_deviation"), start=1):
        name = node.wants(place)
        if name:
            to.call(name, "layer_statistic", x, rank=x.rank, statistic=statistic, **settings)


@translates("LRN")
def local_response_norm(node: OnnxNode, to: Builder) -> None:
    """A layer."""
    x = to.last(node.inputs[0])
    layer = LocalResponseNorm(
        node.get("size"),
        alpha=node.get("alpha", 1e-4),
        beta=node.get("beta", 0.75),
        k=node.get("bias", 1.0),
    )
    to.place(node.outputs[0], layer, [x], rank=x.rank, last=x.last)


@translates("LpNormalization")
def lp_normalization(node: OnnxNode, to: Builder) -> None:
    """Divide by the length along one axis; 0 stays 0."""
    x = to.plain(node.inputs[0])
    p = node.get("p", 2)
    if p not in (1, 2):
        raise refuse(
            "LpNormalization knows two norms.",
            needed="p = 1 or 2",
            received=f"p={p} in node {node.title!r}",
            hint="p=2",
        )
    settings = {"p": p, "axis": node.get("axis", -1)}
    to.call(node.outputs[0], "lp_normalise", x, rank=x.rank, batched=True, **settings)


@translates("MeanVarianceNormalization")
def mean_variance(node: OnnxNode, to: Builder) -> None:
    """Mean 0 and deviation 1 over given axes."""
    x = to.plain(node.inputs[0])
    axes = node.get("axes", [0, 2, 3])
    to.call(node.outputs[0], "standardise", x, rank=x.rank, batched=True, axes=axes)
