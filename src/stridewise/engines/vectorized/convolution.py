"""Convolution as matrix products: every window becomes a row of a matrix.

A tile's windows are a strided view of its padded input, without a copy; laid out as the rows
of a matrix, (positions, taps × channels), one product with the weights, (taps × channels,
C_out), gives all outputs. The two gradients are the same product turned: by the weights,
windowsᵀ · grad_y; by the input, grad_y · weightsᵀ added back onto the windows.

References
----------
K. Chellapilla, S. Puri, P. Simard, "High Performance Convolutional Neural Networks for
Document Processing", 2006, section 3 (unrolling convolution).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from stridewise.arrays import Array
from stridewise.engines.epilogue import Epilogue, Kept
from stridewise.engines.quietly import quietly
from stridewise.engines.vectorized import depthwise
from stridewise.engines.vectorized.tiles import Tile, tiles
from stridewise.specs import ConvSpec

__all__ = ["channel_sums", "conv", "conv_grad_weight", "conv_grad_x"]


@quietly
def conv(
    x: Array,
    weight: Array,
    bias: Array | None,
    spec: ConvSpec,
    epilogue: Epilogue | None = None,
    kept: Kept | None = None,  # noqa: ARG001 - this engine takes weights as they are
) -> Array:
    """Windows as rows, times the weights."""
    if depthwise.is_depthwise(spec, *weight.shape[-2:]):
        y = depthwise.conv(x, weight, bias, spec)
        return y if epilogue is None else epilogue.after(y)
    N, C_in, C_out = x.shape[0], x.shape[-1], weight.shape[-1]
    y = np.empty((N, *spec.output_size, C_out), x.dtype)
    columns = _weight_matrices(weight, spec)
    for tile in tiles(spec, N, _row_bytes(x.dtype, C_in, spec)):
        rows = _window_matrices(x, tile, spec)
        y_tile = _by_group(y[tile.outputs], spec)
        np.matmul(rows, columns, out=y_tile)
        if bias is not None:
            y[tile.outputs] += bias
    return y if epilogue is None else epilogue.after(y)


@quietly
def conv_grad_weight(grad_y: Array, x: Array, spec: ConvSpec) -> Array:
    """Windows as columns, times the gradients of their outputs."""
    if depthwise.is_depthwise(spec, x.shape[-1] // spec.groups, grad_y.shape[-1]):
        return depthwise.conv_grad_weight(grad_y, x, spec)
    N, C_in, C_out = x.shape[0], x.shape[-1], grad_y.shape[-1]
    C_in_group = C_in // spec.groups
    depth = math.prod(spec.kernel_size) * C_in_group
    total = np.zeros((spec.groups, depth, C_out // spec.groups), x.dtype)
    for tile in tiles(spec, N, _row_bytes(x.dtype, C_in, spec)):
        rows = _window_matrices(x, tile, spec)
        total += rows.swapaxes(1, 2) @ _by_group(grad_y[tile.outputs], spec)
    by_group = total.reshape(spec.groups, *spec.kernel_size, C_in_group, -1)
    return np.moveaxis(by_group, 0, -2).reshape(*spec.kernel_size, C_in_group, C_out)


@quietly
def conv_grad_x(grad_y: Array, weight: Array, spec: ConvSpec) -> Array:
    """Gradients times the weights' transpose, added back onto the windows, tap by tap."""
    if depthwise.is_depthwise(spec, *weight.shape[-2:]):
        return depthwise.conv_grad_x(grad_y, weight, spec)
    N, C_in = grad_y.shape[0], weight.shape[-2] * spec.groups
    grad_x = np.zeros((N, *spec.input_size, C_in), grad_y.dtype)
    by_group = _channels_by_group(grad_x, spec)
    rows_to_windows = _weight_matrices(weight, spec).swapaxes(1, 2)
    for tile in tiles(spec, N, _row_bytes(grad_y.dtype, C_in, spec)):
        rows = _by_group(grad_y[tile.outputs], spec) @ rows_to_windows
        shares = rows.reshape(_windows_shape(tile, C_in, spec))
        grad_tile = by_group[(slice(None), *tile.inputs)]
        for at_windows, at_inputs in _taps(tile):  # within one tap, no two windows overlap
            grad_tile[at_inputs] += shares[at_windows]
    return grad_x


@quietly
def channel_sums(x: Array) -> Array:
    """Sum over all axes but the last; millions of summands lose digits one by one in float32."""
    sums: Array = x.reshape(-1, x.shape[-1]).sum(axis=0, dtype=np.float64)
    return sums


def _row_bytes(dtype: np.dtype[Any], C_in: int, spec: ConvSpec) -> int:
    """Workspace of one position: its row of the matrix, or its part of a padded input."""
    return max(math.prod(spec.kernel_size), math.prod(spec.stride)) * C_in * dtype.itemsize


def _weight_matrices(weight: Array, spec: ConvSpec) -> Array:
    """Weights as one matrix a group: (groups, taps × C_in // groups, C_out // groups)."""
    depth = math.prod(weight.shape[:-1])
    return np.moveaxis(weight.reshape(depth, spec.groups, -1), 1, 0)


def _by_group(y_tile: Array, spec: ConvSpec) -> Array:
    """A tile of ``y`` as one matrix a group: (groups, positions, C_out // groups)."""
    positions = math.prod(y_tile.shape[:-1])
    C_out = y_tile.shape[-1]
    return np.moveaxis(y_tile.reshape(positions, spec.groups, C_out // spec.groups), 1, 0)


def _window_matrices(x: Array, tile: Tile, spec: ConvSpec) -> Array:
    """A tile's windows as rows, one matrix a group: (groups, positions, taps × C_in // groups)."""
    C_in = x.shape[-1]
    shape = _windows_shape(tile, C_in, spec)
    if max(spec.dilation) > 1:
        # Spread taps are no neighbours in memory, and a window may span far more than it reads.
        windows = np.zeros(shape, x.dtype)
        x_tile = _channels_by_group(x[tile.inputs], spec)
        for at_windows, at_inputs in _taps(tile):
            windows[at_windows] = x_tile[at_inputs]
    else:
        windows = _strided_windows(_padded(x, tile), shape, spec)
    # The copy that lays windows out as rows; none for a kernel and a stride of 1.
    return windows.reshape(spec.groups, math.prod(shape[1 : 2 + spec.rank]), -1)


def _channels_by_group(x: Array, spec: ConvSpec) -> Array:
    """See (N, *spatial, C_in) as (groups, N, *spatial, C_in // groups)."""
    C_in = x.shape[-1]
    return np.moveaxis(x.reshape(*x.shape[:-1], spec.groups, C_in // spec.groups), -2, 0)


def _windows_shape(tile: Tile, C_in: int, spec: ConvSpec) -> tuple[int, ...]:
    """(groups, N, *positions, *taps, C_in // groups)."""
    N = tile.inputs[0].stop - tile.inputs[0].start
    positions = (axis.positions for axis in tile.axes)
    return (spec.groups, N, *positions, *spec.kernel_size, C_in // spec.groups)


def _padded(x: Array, tile: Tile) -> Array:
    """The tile's input in a frame of zeros; the input itself if the frame is empty."""
    if not any(axis.before or axis.after for axis in tile.axes):
        return x[tile.inputs]
    inside = (slice(axis.before, axis.before + axis.size) for axis in tile.axes)
    N = tile.inputs[0].stop - tile.inputs[0].start
    sizes = (axis.before + axis.size + axis.after for axis in tile.axes)
    padded = np.zeros((N, *sizes, x.shape[-1]), x.dtype)
    padded[(slice(None), *inside)] = x[tile.inputs]
    return padded


def _strided_windows(padded: Array, shape: tuple[int, ...], spec: ConvSpec) -> Array:
    """View the windows of a padded tile, without a copy."""
    batch, *spatial, channel = padded.strides
    moves = (step * stride for step, stride in zip(spatial, spec.stride, strict=True))
    return as_strided(padded, shape, (channel * shape[-1], batch, *moves, *spatial, channel))


def _taps(tile: Tile) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """For each tap: where it stands in an array of windows, and where in the tile's input."""
    every = slice(None)
    for meetings in itertools.product(*(list(axis.meetings()) for axis in tile.axes)):
        taps, positions, elements = zip(*meetings, strict=True)
        yield (every, every, *positions, *taps, every), (every, every, *elements, every)
