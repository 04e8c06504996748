"""Frames around an array, and what they cut off."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, cast

import numpy as np

from stridewise.arrays import Array
from stridewise.glue.function import Full, Function, Gradients, axes_of, bounded, integers
from stridewise.options import require_choice

__all__ = ["FRAMING"]

PadMode: TypeAlias = Literal["reflect", "edge", "wrap"]
_MODES = ("constant", "reflect", "edge", "wrap")


def _pad(
    x: Array, widths: Any, value: Any = 0.0, axes: Any = None, mode: str = "constant"
) -> Array:
    """Frame any axes: ``widths`` are all befores, then all afters; negative ones cut off."""
    require_choice("pad_axes", "there is no such mode.", mode, _MODES)
    pairs = _pairs(x.shape, widths, axes)
    bounded(_framed(x.shape, pairs))
    kept = tuple(
        slice(max(-before, 0), size - max(-after, 0))
        for size, (before, after) in zip(x.shape, pairs, strict=True)
    )
    frame = [(max(before, 0), max(after, 0)) for before, after in pairs]
    if mode == "constant":
        number = np.asarray(value).astype(x.dtype).reshape(())
        return np.pad(x[kept], frame, constant_values=number)
    return np.pad(x[kept], frame, mode=cast(PadMode, mode))


def _framed(shape: Full, pairs: list[tuple[int, int]]) -> Full:
    kept = [
        n + min(before, 0) + min(after, 0) for n, (before, after) in zip(shape, pairs, strict=True)
    ]
    if min(kept, default=0) < 0:
        raise ValueError(f"widths {pairs} cut off more than there is of {shape}")
    return tuple(size + sum(pair) for size, pair in zip(shape, pairs, strict=True))


def _pairs(shape: Full, widths: Any, axes: Any) -> list[tuple[int, int]]:
    numbers = integers(widths)
    along = axes_of(axes, len(shape))
    pairs = [(0, 0)] * len(shape)
    for place, axis in enumerate(along):
        pairs[axis] = (numbers[place], numbers[place + len(along)])
    return pairs


def _pad_backward(grad_y: Array, x: Array, *others: Any, **settings: Any) -> Gradients:
    """Every element of the result gives back to where it came from."""
    settings = settings | dict(zip(("widths", "value", "axes"), others, strict=False))
    mode, pairs = (
        settings.get("mode", "constant"),
        _pairs(x.shape, settings["widths"], settings.get("axes")),
    )
    for axis, (size, (before, after)) in enumerate(zip(x.shape, pairs, strict=True)):
        places = np.arange(max(-before, 0), size - max(-after, 0))
        frame = (max(before, 0), max(after, 0))
        folded = np.zeros((size + 1, *np.delete(grad_y.shape, axis)), grad_y.dtype)
        sources = (
            np.pad(places, frame, constant_values=size)
            if mode == "constant"
            else np.pad(places, frame, mode=cast(PadMode, mode))
        )
        np.add.at(folded, sources, np.moveaxis(grad_y, axis, 0))
        grad_y = np.moveaxis(folded[:size], 0, axis)
    return (grad_y,)


def _center(x: Array, size: Any, axes: Any = None) -> Array:
    """Cut and frame with zeros to a size, about the centre."""
    along = axes_of(axes, x.ndim)
    target = list(x.shape)
    for axis, wanted in zip(along, integers(size), strict=True):
        target[axis] = wanted
    bounded(target)
    for axis in along:
        wanted = target[axis]
        have = x.shape[axis]
        begin = max((have - wanted) // 2, 0)
        x = x[(*(slice(None),) * axis, slice(begin, begin + min(wanted, have)))]
        lacking = max(wanted - have, 0)
        frame = [(0, 0)] * x.ndim
        frame[axis] = (lacking // 2, lacking - lacking // 2)
        x = np.pad(x, frame)
    return x


def _padded_shape(full: Full, *, widths: Any, axes: Any = None, **_: Any) -> Full:
    return _framed(full, _pairs(full, widths, axes))


FRAMING: dict[str, Function] = {
    "center": Function(_center),
    "pad_axes": Function(_pad, _pad_backward, _padded_shape, local=True),
}
