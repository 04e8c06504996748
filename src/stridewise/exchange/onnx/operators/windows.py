"""ONNX's attributes of a window, as our options: pads, auto_pad, strides, dilations."""

from __future__ import annotations

from typing import Any

from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.reading import refuse

__all__ = ["pairs", "window"]

_AUTOMATIC = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower", "VALID": "valid"}


def pairs(pads: list[int]) -> list[list[int]]:
    """All befores, then all afters, as a (before, after) pair an axis.

    >>> pairs([0, 1, 2, 3])
    [[0, 2], [1, 3]]
    """
    rank = len(pads) // 2
    return [list(pair) for pair in zip(pads[:rank], pads[rank:], strict=True)]


def window(node: OnnxNode, rank: int) -> dict[str, Any]:
    """Stride, padding and dilation of a node that slides over ``rank`` axes."""
    automatic = node.get("auto_pad", "NOTSET")
    if automatic not in ("NOTSET", "", *_AUTOMATIC):
        raise refuse(
            "the node pads in an unknown way.",
            needed=f"NOTSET, {', '.join(_AUTOMATIC)}",
            received=f"auto_pad={automatic[:80]!r}",
            hint='auto_pad="SAME_UPPER"',
        )
    padding: Any = _AUTOMATIC.get(automatic) or pairs(node.get("pads", [0] * 2 * rank))
    return {
        "stride": node.get("strides", [1] * rank),
        "padding": padding,
        "dilation": node.get("dilations", [1] * rank),
    }
