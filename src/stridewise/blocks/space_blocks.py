"""Blocks of positions for channels, and back: what depth_to_space and pixel_shuffle share."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias, get_args

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AXES, AxisInts, axis_ints
from stridewise.errors import ShapeError, explain
from stridewise.options import require_choice

__all__ = ["BlockMode", "block_sizes", "move_blocks", "move_blocks_backward"]

BlockMode: TypeAlias = Literal["DCR", "CRD"]


def move_blocks(
    operation: str,
    x: ArrayLike,
    block: AxisInts,
    mode: BlockMode,
    *,
    to_space: bool,
    name: str = "block",
) -> Array:
    """Move channels to space, or back; errors call the block's size ``name``."""
    (x,), result = prepare(operation, x=x)
    blocks, _ = block_sizes(operation, x.shape, block, mode, to_space, name)
    return finish((_to_space if to_space else _to_depth)(x, blocks, mode), result)


def move_blocks_backward(
    operation: str,
    grad_y: ArrayLike,
    x: ArrayLike,
    block: AxisInts,
    mode: BlockMode,
    *,
    to_space: bool,
    name: str = "block",
) -> Array:
    """Gradient of :func:`move_blocks`: the same places, the other way round."""
    (grad, x), result = prepare(operation, grad_y=grad_y, x=x)
    blocks, shape = block_sizes(operation, x.shape, block, mode, to_space, name)
    require_shape(operation, "grad_y", grad, shape, "the shape of the output that `x` gives")
    return finish((_to_depth if to_space else _to_space)(grad, blocks, mode), result)


def block_sizes(
    operation: str,
    shape: tuple[int, ...],
    block: AxisInts,
    mode: BlockMode,
    to_space: bool,
    name: str = "block",
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The block's size on each axis, and the shape of the output for an ``x`` of this shape.

    >>> block_sizes("demo", (1, 5, 7, 8), 2, "DCR", to_space=True)
    ((2, 2), (1, 10, 14, 2))
    """
    if not 3 <= len(shape) <= 5:
        raise ShapeError(
            explain(
                operation,
                "`x` has the wrong number of axes.",
                needed="a batch, one to three spatial axes, and channels",
                received=f"x.shape={shape}",
                hint="x[None, ..., None] for one image of one channel",
            )
        )
    blocks = axis_ints(operation, name, block, len(shape) - 2, 1)
    require_choice(operation, "`mode` has an unknown name.", mode, get_args(BlockMode))
    size, channels, count = shape[1:-1], shape[-1], math.prod(blocks)
    if to_space:
        fits = channels % count == 0
        needed = f"a multiple of {count} channels"
        new = tuple(n * b for n, b in zip(size, blocks, strict=True))
        output = (shape[0], *new, channels // count)
    else:
        fits = not any(n % b for n, b in zip(size, blocks, strict=True))
        needed = f"multiples of {blocks} in {AXES[len(blocks)]}"
        new = tuple(n // b for n, b in zip(size, blocks, strict=True))
        output = (shape[0], *new, channels * count)
    if not fits:
        raise ShapeError(
            explain(
                operation,
                "`x` does not divide into blocks.",
                needed=needed,
                received=f"x.shape={shape}, {name}={block!r}",
                hint=f"another `{name}`" + ("" if to_space else ", or padding"),
            )
        )
    return blocks, output


def _to_space(x: Array, blocks: tuple[int, ...], mode: BlockMode) -> Array:
    rank, channels = len(blocks), x.shape[-1] // math.prod(blocks)
    split = (*blocks, channels) if mode == "DCR" else (channels, *blocks)
    parts = x.reshape(*x.shape[:-1], *split)
    if mode == "CRD":
        parts = np.moveaxis(parts, 1 + rank, -1)
    # (N, *spatial, *blocks, C): each axis of the block goes behind its axis of space.
    pairs = [axis for i in range(1, rank + 1) for axis in (i, i + rank)]
    size = (n * b for n, b in zip(x.shape[1:-1], blocks, strict=True))
    # Copied before its axes are joined: then that needs no copy of its own.
    return parts.transpose(0, *pairs, 2 * rank + 1).copy().reshape(x.shape[0], *size, channels)


def _to_depth(x: Array, blocks: tuple[int, ...], mode: BlockMode) -> Array:
    rank, channels = len(blocks), x.shape[-1]
    size = [n // b for n, b in zip(x.shape[1:-1], blocks, strict=True)]
    pairs = [n for pair in zip(size, blocks, strict=True) for n in pair]
    parts = x.reshape(x.shape[0], *pairs, channels)
    space, places = range(1, 2 * rank, 2), range(2, 2 * rank + 1, 2)
    last = 2 * rank + 1
    order = (*places, last) if mode == "DCR" else (last, *places)
    parts = parts.transpose(0, *space, *order).copy()  # before its axes are joined, as above
    return parts.reshape(x.shape[0], *size, channels * math.prod(blocks))
