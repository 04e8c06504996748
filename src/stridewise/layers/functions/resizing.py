"""Resizing along any axes, by sizes or scales that are known or that a graph computes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks.aspect_ratio import keep_aspect_ratio
from stridewise.blocks.axis_resizing import resize_axes, resize_axes_backward
from stridewise.blocks.interpolation import Interpolation
from stridewise.glue.function import Full, Gradients, bounded, integers

__all__ = ["resize", "resize_backward", "resized_shape"]


def _settings(
    x: Array,
    axes: list[int],
    sizes: Any,
    scales: Any,
    policy: str,
    roi: Any,
    how: dict[str, Any],
) -> dict[str, Any]:
    have = [x.shape[axis] for axis in axes]
    factors: tuple[float, ...] | None
    if sizes is not None:
        wanted, factors = keep_aspect_ratio(have, integers(sizes), policy)  # type: ignore[arg-type]  # checked there
        factors = None if policy == "stretch" else factors  # size by size: ties stay exact
    else:
        factors = tuple(float(scale) for scale in np.asarray(scales).ravel())
        wanted = tuple(math.floor(n * scale) for n, scale in zip(have, factors, strict=True))
    shape = list(x.shape)
    for axis, size in zip(axes, wanted, strict=True):
        shape[axis] = size
    bounded(shape)
    parts = None if roi is None or np.size(roi) == 0 else np.asarray(roi).reshape(2, -1).T.tolist()
    return {
        "axes": axes,
        "sizes": wanted,
        "scales": factors,
        "how": Interpolation(**how),
        "roi": parts,
    }


def resize(
    x: Array,
    *arrays: Array,
    axes: list[int],
    given: list[str] | None = None,
    sizes: Any = None,
    scales: Any = None,
    roi: Any = None,
    policy: str = "stretch",
    **how: Any,
) -> Array:
    """Resize any axes; ``given`` names what comes as arrays: roi, scales, sizes."""
    coming = dict(zip(given or (), arrays, strict=True))
    settings = _settings(
        x,
        axes,
        coming.get("sizes", sizes),
        coming.get("scales", scales),
        policy,
        coming.get("roi", roi),
        how,
    )
    return resize_axes(x, **settings)


def resize_backward(
    grad_y: Array,
    x: Array,
    *arrays: Array,
    axes: list[int],
    given: list[str] | None = None,
    sizes: Any = None,
    scales: Any = None,
    roi: Any = None,
    policy: str = "stretch",
    **how: Any,
) -> Gradients:
    """Gradient of :func:`resize`: each new number gives back to what it was mixed from."""
    coming = {"sizes": sizes, "scales": scales, "roi": roi} | dict(
        zip(given or (), arrays, strict=True)
    )
    settings = _settings(x, axes, coming["sizes"], coming["scales"], policy, coming["roi"], how)
    return (resize_axes_backward(grad_y, x, **settings),)


def resized_shape(
    shape: Full,
    *_: Full,
    axes: list[int],
    sizes: Any = None,
    scales: Any = None,
    policy: str = "stretch",
    **__: Any,
) -> Full:
    """Shape of what :func:`resize` gives, where sizes or scales are known."""
    resized = list(shape)
    if sizes is not None:
        have = [shape[axis] for axis in axes]
        sizes = keep_aspect_ratio(have, integers(sizes), policy)[0]  # type: ignore[arg-type]  # checked there
    for place, axis in enumerate(axes):
        if sizes is not None:
            resized[axis] = integers(sizes)[place]
        else:
            resized[axis] = math.floor(shape[axis] * scales[place])
    return tuple(resized)
