"""Windows as graphs have them: sizes told instead of padding, indices into whole tensors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.glue.function import bounded, integers
from stridewise.specs import ConvSpec

__all__ = [
    "conv_transpose_to_size",
    "fold_first",
    "global_lp_pool",
    "max_pool_places",
    "max_unpool_places",
]


def global_lp_pool(x: Array, p: float) -> Array:
    """The p-norm of every channel over all of space."""
    axes = tuple(range(1, x.ndim - 1))
    lengths: Array = (np.abs(x) ** p).sum(axes, keepdims=True) ** (1 / p)
    return lengths.astype(x.dtype)


def max_pool_places(x: Array, columns_first: bool = False, **options: Any) -> Array:
    """Where each maximum stands, counted in the whole tensor (N, C, *spatial)."""
    found = blocks.max_pool_with_indices(x.ndim - 2, x, **options).indices
    size, (N, C) = x.shape[1:-1], (x.shape[0], x.shape[-1])
    if columns_first:
        places = np.unravel_index(found, size)
        found = np.ravel_multi_index(places, size, order="F")
    planes = np.arange(N * C).reshape(N, *(1,) * (x.ndim - 2), C)
    return np.asarray(found + planes * math.prod(size))


def max_unpool_places(
    x: Array,
    places: Array,
    output_shape: Any = None,
    *,
    kernel_size: list[int],
    stride: list[int],
    padding: list[list[int]],
) -> Array:
    """The inverse of :func:`max_pool_places`.

    Places count in the size that the options give; a larger output holds that in its corner.
    """
    windows = zip(x.shape[1:-1], kernel_size, stride, padding, strict=True)
    size = [(n - 1) * step - sum(pair) + kernel for n, kernel, step, pair in windows]
    wanted = size if output_shape is None else integers(output_shape)[2:]
    bounded((x.shape[0], *wanted, x.shape[-1]))
    inside = places % math.prod(size)
    if wanted != size:
        inside = np.ravel_multi_index(np.unravel_index(inside, size), wanted)
    y: Array = blocks.max_unpool(
        x, inside, kernel_size, stride=stride, padding=padding, output_size=wanted
    )
    return y


def conv_transpose_to_size(rank: int) -> Callable[..., Array]:
    """Transposed convolution whose padding follows from the size that it is to give."""

    def forward(
        x: Array,
        weight: Array,
        bias: Array | None = None,
        *,
        output_size: list[int],
        lower: bool,
        **options: Any,
    ) -> Array:
        padding = []
        for axis, wanted in enumerate(output_size):
            reach = options["dilation"][axis] * (weight.shape[axis] - 1) + 1
            moved = options["stride"][axis] * (x.shape[axis + 1] - 1)
            total = max(moved + options["output_padding"][axis] + reach - wanted, 0)
            small, large = total // 2, total - total // 2
            padding.append((large, small) if lower else (small, large))
            lacking = wanted - (moved + options["output_padding"][axis] + reach - total)
            options["output_padding"] = [
                n + (max(lacking, 0) if place == axis else 0)
                for place, n in enumerate(options["output_padding"])
            ]
        function = getattr(blocks, f"conv_transpose{rank}d")
        y: Array = function(x, weight, bias, padding=padding, **options)
        return y

    return forward


def fold_first(columns: Array, size: Any, kernel: Any, **options: Any) -> Array:
    """Fold columns that have channels first, then taps, then positions."""
    sizes, taps = integers(size), integers(kernel)
    bounded((columns.shape[0], *sizes))
    N, C = columns.shape[0], columns.shape[1] // math.prod(taps)
    by_tap = columns.reshape(N, C, math.prod(taps), -1)
    rows = by_tap.transpose(0, 3, 2, 1).reshape(N, -1, math.prod(taps) * C)
    positions = ConvSpec.of("fold", tuple(sizes), taps, **options).output_size
    y = blocks.fold(rows.reshape(N, *positions, rows.shape[-1]), sizes, taps, **options)
    return np.moveaxis(y, -1, 1)
