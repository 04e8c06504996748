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

import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from stridewise.arrays import Array
from stridewise.engines.vectorized.tiles import Tile, tiles
from stridewise.specs import ConvSpec

__all__ = ["conv", "conv_grad_weight", "conv_grad_x"]


def conv(x: Array, weight: Array, bias: Array | None, spec: ConvSpec) -> Array:
    """Windows as rows, times the weights."""
    N, C_in, C_out = x.shape[0], x.shape[-1], weight.shape[-1]
    y = np.empty((N, *spec.output_size, C_out), x.dtype)
    columns = _weight_matrices(weight, spec)
    for tile in tiles(spec, N, _row_bytes(x.dtype, C_in, spec)):
        rows = _window_matrices(x, tile, spec)
        y_tile = _by_group(y[tile.outputs], spec)
        np.matmul(rows, columns, out=y_tile)
        if bias is not None:
            y[tile.outputs] += bias
    return y


def conv_grad_weight(grad_y: Array, x: Array, spec: ConvSpec) -> Array:
    """Windows as columns, times the gradients of their outputs."""
    N, C_in, C_out = x.shape[0], x.shape[-1], grad_y.shape[-1]
    C_in_group = C_in // spec.groups
    depth = math.prod(spec.kernel_size) * C_in_group
    total = np.zeros((spec.groups, depth, C_out // spec.groups), x.dtype)
    for tile in tiles(spec, N, _row_bytes(x.dtype, C_in, spec)):
        rows = _window_matrices(x, tile, spec)
        total += rows.swapaxes(1, 2) @ _by_group(grad_y[tile.outputs], spec)
    by_group = total.reshape(spec.groups, *spec.kernel_size, C_in_group, -1)
    return np.moveaxis(by_group, 0, -2).reshape(*spec.kernel_size, C_in_group, C_out)


def conv_grad_x(grad_y: Array, weight: Array, spec: ConvSpec) -> Array:
    """Gradients times the weights' transpose, added back onto the windows, tap by tap."""
    N, C_in = grad_y.shape[0], weight.shape[-2] * spec.groups
    grad_x = np.zeros((N, *spec.input_size, C_in), grad_y.dtype)
    rows_to_windows = _weight_matrices(weight, spec).swapaxes(1, 2)
    for tile in tiles(spec, N, _row_bytes(grad_y.dtype, C_in, spec)):
        rows = _by_group(grad_y[tile.outputs], spec) @ rows_to_windows
        padded = np.zeros(_padded_shape(tile, C_in), grad_y.dtype)
        windows = _windows(padded, tile, spec)
        shares = rows.reshape(windows.shape)
        for tap in np.ndindex(*spec.kernel_size):  # within one tap, no two windows overlap
            one_tap = (..., *tap, slice(None))
            windows[one_tap] += shares[one_tap]
        grad_x[tile.inputs] += padded[_inside(tile)]
    return grad_x


def _row_bytes(dtype: np.dtype[Any], C_in: int, spec: ConvSpec) -> int:
    return math.prod(spec.kernel_size) * C_in * dtype.itemsize


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
    if any(axis.before or axis.after for axis in tile.axes):
        padded = np.zeros(_padded_shape(tile, x.shape[-1]), x.dtype)
        padded[_inside(tile)] = x[tile.inputs]
    else:
        padded = x[tile.inputs]
    windows = _windows(padded, tile, spec)
    positions = math.prod(windows.shape[1 : 2 + spec.rank])
    return windows.reshape(spec.groups, positions, -1)  # the copy, unless taps and stride are 1


def _padded_shape(tile: Tile, C_in: int) -> tuple[int, ...]:
    N = tile.inputs[0].stop - tile.inputs[0].start
    return (N, *(axis.before + axis.size + axis.after for axis in tile.axes), C_in)


def _inside(tile: Tile) -> tuple[slice, ...]:
    """Where the tile's input stands in its padded copy."""
    return (slice(None), *(slice(axis.before, axis.before + axis.size) for axis in tile.axes))


def _windows(padded: Array, tile: Tile, spec: ConvSpec) -> Array:
    """View every window of a padded tile: (groups, N, *positions, *taps, C_in // groups)."""
    C_in_group = padded.shape[-1] // spec.groups
    batch, *spatial, channel = padded.strides
    positions = (axis.positions for axis in tile.axes)
    shape = (spec.groups, padded.shape[0], *positions, *spec.kernel_size, C_in_group)
    strides = (
        channel * C_in_group,
        batch,
        *(step * stride for step, stride in zip(spatial, spec.stride, strict=True)),
        *(step * dilation for step, dilation in zip(spatial, spec.dilation, strict=True)),
        channel,
    )
    return as_strided(padded, shape, strides)
