"""Convolution with one input channel a group: tap by tap, without matrices.

A filter that sees a single channel makes matrix products of inner size 1 · taps, too thin to be
worth the rows that they need. Instead one tap at a time is multiplied with all the elements that
it meets, in tiles that stay in the cache between the taps. With several filters for each channel
the channel is repeated, so that there is one filter for each again.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.vectorized.tiles import Tile, tiles
from stridewise.specs import ConvSpec

__all__ = ["conv", "conv_grad_weight", "conv_grad_x", "is_depthwise"]

# Each tap reads and writes the tile again: an eighth of the usual tile stays in the near cache.
_SHARE = 8
# With more filters a channel, one matrix product a channel is as fast.
_MOST_FILTERS = 4


def is_depthwise(spec: ConvSpec, C_in_group: int, C_out: int) -> bool:
    """Whether this way is the faster one: channels of their own, with few filters each."""
    return C_in_group == 1 < spec.groups and C_out <= _MOST_FILTERS * spec.groups


def conv(x: Array, weight: Array, bias: Array | None, spec: ConvSpec) -> Array:
    """For each tap, add its products with the elements that it meets."""
    N, C_out = x.shape[0], weight.shape[-1]
    y = np.zeros((N, *spec.output_size, C_out), x.dtype)
    filters = weight.reshape(*spec.kernel_size, C_out)
    for tile in _tiles(y, spec):
        x_tile, y_tile = _repeated(x[tile.inputs], C_out), y[tile.outputs]
        products = np.empty_like(y_tile)
        for tap, positions, elements in _meetings(tile):
            here = products[positions]
            np.multiply(x_tile[elements], filters[tap], out=here)
            y_tile[positions] += here
        if bias is not None:
            y_tile += bias
    return y


def conv_grad_weight(grad_y: Array, x: Array, spec: ConvSpec) -> Array:
    """For each tap, the sum of products of gradients and the elements that they met."""
    C_out = grad_y.shape[-1]
    grad_filters = np.zeros((*spec.kernel_size, C_out), x.dtype)
    axes = list(range(x.ndim))
    for tile in _tiles(grad_y, spec):
        x_tile, grad_tile = _repeated(x[tile.inputs], C_out), grad_y[tile.outputs]
        for tap, positions, elements in _meetings(tile):
            met = (grad_tile[positions], axes, x_tile[elements], axes)
            grad_filters[tap] += np.einsum(*met, axes[-1:])
    return grad_filters.reshape(*spec.kernel_size, 1, C_out)


def conv_grad_x(grad_y: Array, weight: Array, spec: ConvSpec) -> Array:
    """For each tap, add its products with the gradients where the elements were."""
    N, C_out = grad_y.shape[0], weight.shape[-1]
    grad_x = np.zeros((N, *spec.input_size, spec.groups), grad_y.dtype)
    filters = weight.reshape(*spec.kernel_size, C_out)
    for tile in _tiles(grad_y, spec):
        grad_tile, grad_x_tile = grad_y[tile.outputs], grad_x[tile.inputs]
        one_filter_each = C_out == spec.groups
        shape = (*grad_x_tile.shape[:-1], C_out)
        shares = grad_x_tile if one_filter_each else np.zeros(shape, grad_y.dtype)
        products = np.empty(grad_tile.shape, grad_y.dtype)
        for tap, positions, elements in _meetings(tile):
            here = products[positions]
            np.multiply(grad_tile[positions], filters[tap], out=here)
            shares[elements] += here
        if not one_filter_each:
            times = C_out // spec.groups
            for number in range(times):
                grad_x_tile += shares[..., number::times]
    return grad_x


def _tiles(y: Array, spec: ConvSpec) -> Iterator[Tile]:
    per_position = y.shape[-1] * y.itemsize * max(_SHARE, 2 * math.prod(spec.stride))
    return tiles(spec, y.shape[0], per_position)


def _repeated(x_tile: Array, C_out: int) -> Array:
    """Each channel as many times as it has filters, next to one another."""
    times = C_out // x_tile.shape[-1]
    return x_tile if times == 1 else x_tile.repeat(times, axis=-1)


def _meetings(tile: Tile) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]]:
    """For each tap: its number, the positions and the elements that meet, as indices."""
    for meetings in itertools.product(*(list(axis.meetings()) for axis in tile.axes)):
        taps, positions, elements = zip(*meetings, strict=True)
        yield taps, (slice(None), *positions), (slice(None), *elements)
