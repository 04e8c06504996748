"""What inference computes at once: a convolution with what follows it.

A convolution whose output only one node takes is computed together with that node, if it adds a
tensor or clips; then with the next. In a frozen network a batch normalisation behind a
convolution becomes part of the weights.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks.fused_convolution import fused_conv
from stridewise.engines.epilogue import Kept
from stridewise.layers import Activation, Add, BatchNorm, Layer
from stridewise.layers.conv import Conv
from stridewise.layers.operation import Operation
from stridewise.networks.inference import Step
from stridewise.networks.node import Node
from stridewise.networks.shapes import OpenShape

__all__ = ["fused"]


@dataclass
class _Alone:
    """A layer by itself."""

    layer: Layer

    def __call__(self, *inputs: Array) -> Array:
        return self.layer.forward(*inputs)[0]


@dataclass
class _Fused:
    """A convolution and what follows it; without weights of its own it takes the layer's."""

    layer: Conv
    own: tuple[Array, Array | None] | None
    kept: Kept | None
    low: float = -math.inf
    high: float = math.inf

    def __call__(self, x: Array, residual: Array | None = None) -> Array:
        weight, bias = self.own or _weights(self.layer)
        return fused_conv(
            self.layer.rank,
            x,
            weight,
            bias,
            residual=residual,
            low=self.low,
            high=self.high,
            kept=self.kept,
            **self.layer.window_settings(),
        )


@dataclass
class _Chain:
    """Nodes that are computed at once, from a convolution on."""

    nodes: list[Node]
    compute: _Fused
    residual: list[str] = field(default_factory=list)

    @property
    def step(self) -> Step:
        first, last = self.nodes[0], self.nodes[-1]
        return Step(last.name, (*first.inputs, *self.residual), first, self.compute)


def fused(
    nodes: Sequence[Node],
    outputs: Sequence[str],
    shapes: Mapping[str, OpenShape],
    *,
    frozen: bool = False,
) -> list[Step]:
    """The steps of inference, in an order that runs.

    With ``frozen``, weights are taken as they are now, and engines may keep them in their own
    order: nobody changes them later.
    """
    takers = defaultdict(list)
    for node in nodes:
        for name in node.inputs:
            takers[name].append(node)
    only = {name: taking[0] for name, taking in takers.items() if len(taking) == 1}
    for name in outputs:
        only.pop(name, None)
    chain_of: dict[str, _Chain] = {}
    for node in nodes:
        if isinstance(node.layer, Conv):
            chain = _chain(node, node.layer, only, shapes, chain_of, frozen)
            if frozen or len(chain.nodes) > 1:
                chain_of |= dict.fromkeys((each.name for each in chain.nodes), chain)
    steps = []
    for node in nodes:
        if node.name not in chain_of:
            steps.append(Step(node.name, node.inputs, node, _Alone(node.layer)))
        elif chain_of[node.name].nodes[-1] is node:  # by now the residual is there, too
            steps.append(chain_of[node.name].step)
    return steps


def _chain(
    node: Node,
    layer: Conv,
    only: Mapping[str, Node],
    shapes: Mapping[str, OpenShape],
    taken: Mapping[str, _Chain],
    frozen: bool,
) -> _Chain:
    """Follow a convolution as far as one pass can compute."""
    weights = _weights(layer) if frozen else None
    chain = _Chain([node], _Fused(layer, weights, {} if frozen else None))
    while True:
        last = chain.nodes[-1]
        after = only.get(last.name)
        if after is None or after.name in taken:
            return chain
        bounds = _bounds(after.layer)
        if bounds is not None:
            chain.nodes.append(after)
            chain.compute.low, chain.compute.high = bounds
            return chain
        if weights is not None and last is node and isinstance(after.layer, BatchNorm):
            folded = _folded(*weights, after.layer)
            if folded is None:
                return chain
            chain.compute.own = folded
        elif _adds(after, shapes) and not chain.residual:
            chain.residual += [name for name in after.inputs if name != last.name]
        else:
            return chain
        chain.nodes.append(after)


def _weights(layer: Conv) -> tuple[Array, Array | None]:
    return layer.parameters["weight"], layer.parameters.get("bias")


def _bounds(layer: Layer) -> tuple[float, float] | None:
    """Between which numbers a layer clips, if that is what it does."""
    if not isinstance(layer, Activation | Operation):
        return None
    if layer.function == "relu":
        return 0.0, math.inf
    if layer.function != "clip":
        return None
    low, high = (layer.settings.get(name) for name in ("low", "high"))
    return (-math.inf if low is None else low), (math.inf if high is None else high)


def _adds(node: Node, shapes: Mapping[str, OpenShape]) -> bool:
    """Whether a node adds two tensors, of one shape for all that is known."""
    layer = node.layer
    adds = isinstance(layer, Add) or (isinstance(layer, Operation) and layer.function == "add")
    if not adds or len(set(node.inputs)) != 2 or len(node.inputs) != 2:
        return False
    first, second = (shapes[name] for name in node.inputs)
    return first is not None and None not in first and first == second


def _folded(
    weight: Array, bias: Array | None, norm: BatchNorm
) -> tuple[Array, Array | None] | None:
    """Weights and bias that normalise too; None if they would not be finite."""
    scale, shift, mean, variance = (
        array.astype(np.float64)
        for array in (
            norm.parameters["weight"],
            norm.parameters["bias"],
            norm.state["mean"],
            norm.state["variance"],
        )
    )
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        factor = scale / np.sqrt(variance + norm.epsilon)
        folded = (weight * factor).astype(weight.dtype)
        moved = ((0 if bias is None else bias) - mean) * factor + shift
        moved = moved.astype(weight.dtype)
    if not (np.isfinite(folded).all() and np.isfinite(moved).all()):
        return None
    return folded, moved
