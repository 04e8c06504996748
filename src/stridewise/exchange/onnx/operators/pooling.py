"""Pooling and unpooling."""

from __future__ import annotations

from typing import Any

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.operators.windows import pairs, window
from stridewise.glue.function import integers
from stridewise.layers import AveragePool, LpPool, MaxPool
from stridewise.options import require_integer

__all__: list[str] = []


def _options(node: OnnxNode) -> dict[str, Any]:
    kernel = node.get("kernel_shape", [])
    mode = bool(node.get("ceil_mode", 0))
    return {"kernel_size": kernel, **window(node, len(kernel)), "ceil_mode": mode}


@translates("MaxPool")
def max_pool(node: OnnxNode, to: Builder) -> None:
    """Values by a layer; places, if they are asked for, by a function."""
    options = _options(node)
    rank = len(options["kernel_size"]) + 2
    x = to.last(node.inputs[0], rank)
    to.place(node.outputs[0], MaxPool(**options), [x], rank=rank, last=True)
    places = node.wants(1)
    if places:
        to.call(
            places,
            "max_pool_places",
            x,
            rank=rank,
            last=True,
            batched=True,
            **options,
            columns_first=bool(node.get("storage_order", 0)),
        )


@translates("AveragePool")
def average_pool(node: OnnxNode, to: Builder) -> None:
    """A layer."""
    options = _options(node)
    rank = len(options["kernel_size"]) + 2
    options["count_include_pad"] = bool(node.get("count_include_pad", 0))
    x = to.last(node.inputs[0], rank)
    to.place(node.outputs[0], AveragePool(**options), [x], rank=rank, last=True)


@translates("LpPool")
def lp_pool(node: OnnxNode, to: Builder) -> None:
    """A layer; p is 2 unless the node says else."""
    options = _options(node)
    rank = len(options["kernel_size"]) + 2
    x = to.last(node.inputs[0], rank)
    layer = LpPool(**options, p=node.get("p", 2))
    to.place(node.outputs[0], layer, [x], rank=rank, last=True)


@translates("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")
def global_pool(node: OnnxNode, to: Builder) -> None:
    """A reduction over all of space that keeps its axes."""
    x = to.last(node.inputs[0])
    if node.operator == "GlobalLpPool":
        p = require_integer("GlobalLpPool", "p", node.get("p", 2), at_least=1)
        function, settings = "global_lp_pool", {"p": p}
    else:
        function = "global_avg_pool" if "Average" in node.operator else "global_max_pool"
        settings = {"keepdims": True}
    to.call(node.outputs[0], function, x, rank=x.rank, last=True, batched=True, **settings)


@translates("MaxUnpool")
def max_unpool(node: OnnxNode, to: Builder) -> None:
    """Places count in the whole tensor, in ONNX's order."""
    kernel = node.get("kernel_shape", [])
    rank = len(kernel) + 2
    x, places = to.last(node.inputs[0], rank), to.last(node.inputs[1], rank)
    size = to.constant(node.input(2))
    given = [x, places]
    if node.input(2) and size is None:
        given.append(to.plain(node.inputs[2]))
    to.call(
        node.outputs[0],
        "max_unpool_places",
        *given,
        rank=rank,
        last=True,
        batched=True,
        kernel_size=kernel,
        stride=node.get("strides", [1] * len(kernel)),
        padding=pairs(node.get("pads", [0] * 2 * len(kernel))),
        **({} if size is None else {"output_shape": integers(size)}),
    )
