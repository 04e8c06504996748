"""Windows whose taps are read between the elements of an image: n-linear interpolation.

A *sample* is what one tap of one window reads. Its place lies in a cell of the image's grid, and
it is the sum of the cell's corners, each weighted by how near it is; a corner outside of the image
is 0. A *row* is one position of the window in one example; rows are numbered through the batch.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from stridewise.arrays import Array, require_shape
from stridewise.errors import ShapeError, explain
from stridewise.options import require_integer
from stridewise.specs import ConvSpec

__all__ = ["add_gradients", "by_row", "row_cuts", "windows"]

# Up to a dozen arrays of this size are alive at once: well below the 64 MiB of an engine.
_TILE_BYTES = 2 * 2**20


def by_row(
    operation: str,
    x: Array,
    offset: Array,
    mask: Array | None,
    spec: ConvSpec,
    offset_groups: int,
) -> tuple[Array, Array | None]:
    """Check offsets and mask; (rows, offset_groups, taps, rank) and (rows, offset_groups, taps)."""
    groups = require_integer(operation, "offset_groups", offset_groups, at_least=1)
    N, C_in = x.shape[0], x.shape[-1]
    if C_in % groups:
        raise ShapeError(
            explain(
                operation,
                "`offset_groups` does not divide the input channels.",
                needed="C_in, the last axis of `x`, a multiple of offset_groups",
                received=f"x.shape={x.shape}, offset_groups={groups}",
                hint="offset_groups=1",
            )
        )
    taps, rows = math.prod(spec.kernel_size), N * math.prod(spec.output_size)
    shape = (N, *spec.output_size, groups * taps * spec.rank)
    because = f"at each position of the output offset_groups * taps * {spec.rank} numbers"
    _require_last(operation, "offset", offset, shape, because)
    offset = offset.reshape(rows, groups, taps, spec.rank)
    if mask is None:
        return offset, None
    because = "at each position of the output offset_groups * taps numbers"
    _require_last(operation, "mask", mask, (*shape[:-1], groups * taps), because)
    return offset, mask.reshape(rows, groups, taps)


def _require_last(
    operation: str, name: str, array: Array, shape: tuple[int, ...], because: str
) -> None:
    """Refuse an array of another shape; others have the numbers of a position second."""
    if array.shape == (shape[0], shape[-1], *shape[1:-1]) != shape:
        raise ShapeError(
            explain(
                operation,
                f"`{name}` has the wrong shape.",
                needed=f"{name}.shape={shape}, {because}",
                received=f"{name}.shape={array.shape}",
                hint=f"np.moveaxis({name}, 1, -1): this `{name}` looks channels-first",
            )
        )
    require_shape(operation, name, array, shape, because)


def row_cuts(
    rows: int, C_in: int, offset_groups: int, spec: ConvSpec, dtype: np.dtype[Any]
) -> Iterator[slice]:
    """Cut rows into blocks whose samples, places and elements need a bounded memory."""
    numbers = math.prod(spec.kernel_size) * (C_in + 4 * spec.rank * offset_groups)
    step = max(_TILE_BYTES // (numbers * dtype.itemsize), 1)
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def windows(x: Array, offset: Array, mask: Array | None, cut: slice, spec: ConvSpec) -> Array:
    """Read the windows of some rows and lay them side by side, (1, rows · taps, C_in).

    ``x`` is contiguous, ``offset`` and ``mask`` are as :func:`by_row` gives them.
    """
    groups, taps = offset.shape[1:3]
    rows = cut.stop - cut.start
    samples = np.zeros((rows, groups, taps, x.shape[-1] // groups), x.dtype)
    # Infinities in `x` are added as anywhere: those of opposite signs give NaN.
    with np.errstate(invalid="ignore", over="ignore"):
        for corner in _corners(offset, cut, spec):
            weight = corner.weight()
            samples += corner.values(x, weight != 0) * weight[..., None]
        if mask is not None:
            samples *= mask[cut][..., None]
    return samples.swapaxes(1, 2).reshape(1, rows * taps, x.shape[-1])


def add_gradients(
    grad_windows: Array,
    x: Array,
    offset: Array,
    mask: Array | None,
    cut: slice,
    spec: ConvSpec,
    sums: tuple[Array, Array, Array],
) -> None:
    """Hand the gradient of :func:`windows` on: add it to those of ``x``, ``offset``, ``mask``."""
    grad_x, grad_offset, grad_mask = sums
    groups, taps = offset.shape[1:3]
    grad = grad_windows.reshape(cut.stop - cut.start, taps, groups, -1).swapaxes(1, 2)
    factor = np.ones_like(grad_mask[cut]) if mask is None else mask[cut]
    with np.errstate(invalid="ignore", over="ignore"):  # as in `windows`
        for corner in _corners(offset, cut, spec):
            weight = corner.weight()
            counts = weight != 0
            products = np.einsum("rgtc,rgtc->rgt", corner.values(x, corner.inside), grad)
            grad_mask[cut] += weight * np.where(counts, products, 0)
            for axis in range(spec.rank):
                grad_offset[cut, ..., axis] += factor * corner.slope(axis) * products
            shares = (weight * factor)[counts][:, None] * grad[counts]
            # Several samples may have the same corner: `+=` would add only one of them.
            np.add.at(grad_x.reshape(-1, grad.shape[-1]), corner.element[counts], shares)


class _Corner(NamedTuple):
    """One of the 2^rank neighbours of every sample of some rows.

    Attributes
    ----------
    element : array of int, (rows, offset_groups, taps)
        Which of ``x.reshape(−1, C // offset_groups)`` it is.
    inside : array of bool, (rows, offset_groups, taps)
        Whether it lies in the image; where not, ``element`` means nothing.
    nearness : tuple of array, (rows, offset_groups, taps)
        One an axis, from 0 to 1; their product is the corner's weight.
    signs : tuple of int
        The derivative of each nearness by the sample's place on its axis.
    """

    element: Array
    inside: Array
    nearness: tuple[Array, ...]
    signs: tuple[int, ...]

    def weight(self) -> Array:
        """The corner's share of its sample, 0 outside of the image."""
        return np.where(self.inside, functools.reduce(np.multiply, self.nearness), 0)

    def slope(self, axis: int) -> Array:
        """Derivative of the weight by the sample's place on one axis."""
        others = self.nearness[:axis] + self.nearness[axis + 1 :]
        slope = np.full_like(self.nearness[axis], self.signs[axis])
        return np.where(self.inside, functools.reduce(np.multiply, others, slope), 0)

    def values(self, x: Array, where: Array) -> Array:
        """Read ``x`` at the corner, (rows, offset_groups, taps, C // offset_groups), or 0.

        Not multiplied by 0 but set to it: what does not count may be infinite, or no number.
        """
        groups = self.inside.shape[1]
        values = x.reshape(-1, x.shape[-1] // groups).take(self.element, axis=0)
        values[~where] = 0
        return values


def _corners(offset: Array, cut: slice, spec: ConvSpec) -> Iterator[_Corner]:
    """Give the corners of the samples in some rows; ``offset`` is that of all rows.

    A sample far outside of the image is moved to just outside, where it is 0 as well; a place
    that is NaN makes its sample NaN.
    """
    groups, size = offset.shape[1], np.array(spec.input_size)
    rows = np.arange(cut.start, cut.stop)
    positions = np.unravel_index(rows % math.prod(spec.output_size), spec.output_size)
    starts = np.stack(positions, axis=-1) * spec.stride - [before for before, _ in spec.padding]
    taps = np.indices(spec.kernel_size).reshape(spec.rank, -1).T * spec.dilation
    grid = (starts[:, None] + taps).astype(offset.dtype)
    places = np.clip(grid[:, None] + offset[cut], -2, size.astype(offset.dtype))
    floors = np.nan_to_num(np.floor(places))
    beyond, low = np.moveaxis(places - floors, -1, 0), floors.astype(np.intp)
    example = (rows // math.prod(spec.output_size)).reshape(-1, 1, 1)
    for upper in itertools.product((False, True), repeat=spec.rank):
        at = low + upper
        flat = example
        for axis, length in enumerate(spec.input_size):
            flat = flat * length + at[..., axis].clip(0, length - 1)
        yield _Corner(
            flat * groups + np.arange(groups)[:, None],
            ((at >= 0) & (at < size)).all(axis=-1),
            tuple(part if up else 1 - part for part, up in zip(beyond, upper, strict=True)),
            tuple(1 if up else -1 for up in upper),
        )
