"""Options that are attributes in one opset and inputs in another, known or computed."""

from __future__ import annotations

from stridewise.arrays import Array
from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.values import OPEN, SIZE_OF_BATCH, Value
from stridewise.glue.function import integers

__all__ = ["but_for_the_batch", "integers_of"]


def integers_of(
    node: OnnxNode, to: Builder, attribute: str, place: int
) -> tuple[list[int] | None, Value | None]:
    """An option that was an attribute once and is an input now: known, or a value, or neither."""
    known = node.get(attribute)
    if known is not None:
        return ([known] if isinstance(known, int) else list(known)), None
    name = node.input(place)
    constant = to.constant(name)
    if constant is not None:
        return integers(constant), None
    return None, (to.plain(name) if name else None)


def but_for_the_batch(sizes: Array | None) -> list[int] | None:
    """A computed shape as one to reshape to, if all but the batch is known: 0 keeps that."""
    if sizes is None or sizes[:1].tolist() != [SIZE_OF_BATCH]:
        return None
    others = sizes[1:].tolist()
    return None if {SIZE_OF_BATCH, OPEN} & {*others} else [0, *others]
