"""Reductions along axes, and extremes."""

from __future__ import annotations

from typing import Any

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.options import integers_of
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.values import Value, axis_last

__all__: list[str] = []

_FUNCTIONS = {
    "ReduceSum": "reduce_sum",
    "ReduceMean": "reduce_mean",
    "ReduceMax": "reduce_max",
    "ReduceMin": "reduce_min",
    "ReduceProd": "reduce_prod",
    "ReduceL1": "reduce_l1",
    "ReduceL2": "reduce_l2",
    "ReduceSumSquare": "reduce_sum_square",
    "ReduceLogSum": "reduce_log_sum",
    "ReduceLogSumExp": "reduce_log_sum_exp",
}


@translates(*_FUNCTIONS)
def reduce(node: OnnxNode, to: Builder) -> None:
    """Axes are mapped where channels are last; what keeps its axes keeps its layout."""
    x = to.values[node.inputs[0]]
    function = _FUNCTIONS[node.operator]
    axes, computed = integers_of(node, to, "axes", 1)
    keep = bool(node.get("keepdims", 1))
    settings: dict[str, Any] = {"keepdims": keep}
    if node.get("noop_with_empty_axes", 0):
        settings["empty_is_none"] = True
        axes = [] if axes is None and computed is None else axes
    if computed is not None:
        x = to.plain(node.inputs[0])
        to.call(node.outputs[0], function, x, computed, rank=x.rank if keep else None, **settings)
        return
    if x.last and x.rank is not None and (axes is None or len(axes) == 0):
        x = to.plain(node.inputs[0])
    last = x.last
    rank = x.axes
    if axes is not None and last and rank is not None:
        spatial = {axis % rank for axis in axes} - {0, 1}
        if not keep and 1 not in {axis % rank for axis in axes} and len(spatial) < rank - 2:
            x, last = to.plain(node.inputs[0]), False
        else:
            axes = [axis_last(axis, rank) for axis in axes]
            last = keep
    if not keep and rank is not None:
        rank = rank - len(axes or []) if axes or "empty_is_none" in settings else 0
    batched = axes is not None and 0 not in axes and bool(axes)
    batched = batched and (x.rank is None or -x.rank not in (axes or []))
    to.call(
        node.outputs[0], function, x, rank=rank, last=last, batched=batched, axes=axes, **settings
    )


@translates("ArgMax", "ArgMin")
def arg_extreme(node: OnnxNode, to: Builder) -> None:
    """Where the extreme stands."""
    x = to.plain(node.inputs[0])
    keep = bool(node.get("keepdims", 1))
    rank = x.rank if keep or x.rank is None else x.rank - 1
    axis = node.get("axis", 0)
    to.call(
        node.outputs[0],
        "arg_extreme",
        x,
        rank=rank,
        batched=axis > 0,
        largest=node.operator == "ArgMax",
        axis=axis,
        keepdims=keep,
        select_last=bool(node.get("select_last_index", 0)),
    )


@translates("TopK")
def top_k(node: OnnxNode, to: Builder) -> None:
    """Values and places, a node for each."""
    x = to.plain(node.inputs[0])
    k = node.get("k")
    settings: dict[str, Any] = {
        "axis": node.get("axis", -1),
        "largest": bool(node.get("largest", 1)),
    }
    given: list[Value] = [x]
    if k is None:
        given.append(to.plain(node.inputs[1]))
    else:
        settings["k"] = k
    for place, name in enumerate(node.outputs):
        if name:
            to.call(name, "top_k", *given, rank=x.rank, indices=place == 1, **settings)


@translates("CumSum", "CumProd")
def cumulative(node: OnnxNode, to: Builder) -> None:
    """Running sums and products."""
    x, axis = to.plain(node.inputs[0]), to.plain(node.inputs[1])
    settings = {name: bool(node.get(name, 0)) for name in ("exclusive", "reverse")}
    product = node.operator == "CumProd"
    to.call(node.outputs[0], "cumulative", x, axis, rank=x.rank, product=product, **settings)
