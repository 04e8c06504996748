"""Moving channels into space and back: the elements stay, their places change."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias, get_args

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AXES, AxisInts, axis_ints
from stridewise.errors import ShapeError, explain
from stridewise.options import require_choice

__all__ = [
    "BlockMode",
    "block_sizes",
    "depth_to_space",
    "depth_to_space_backward",
    "space_to_depth",
    "space_to_depth_backward",
]

BlockMode: TypeAlias = Literal["DCR", "CRD"]


def depth_to_space(x: ArrayLike, block: AxisInts, *, mode: BlockMode = "DCR") -> Array:
    """Turn the channels of every position into a block of positions.

    ``y[n, row·b + i, col·b + j, c] = x[n, row, col, k]`` with ``k = (i·b + j)·C_out + c`` (DCR)
    or ``k = c·b² + i·b + j`` (CRD), for ``i, j < b``. Written for two spatial axes; one and
    three are alike.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes; C is a multiple of the block's number of positions.
    block : int, or one int an axis
        The block's size, in positions.
    mode : "DCR" or "CRD"
        Whether a channel's number counts the places of the block first, or the new channels.

    Returns
    -------
    array, (N, *(spatial · block), C // number of positions in a block)

    Raises
    ------
    ShapeError
        If ``x`` has no spatial axes, or the channels do not fill blocks.
    OptionError, OptionTypeError
        If ``block`` is no positive integer, or ``mode`` is unknown.
    DtypeError
        If ``x`` does not hold real numbers.

    References
    ----------
    ONNX: DepthToSpace, version 13.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 1, 4)  # one position of four channels
    >>> depth_to_space(x, 2)[0]
    array([[1., 2.],
           [3., 4.]])
    >>> depth_to_space(x, 2, mode="CRD")[0]
    array([[1., 3.],
           [2., 4.]])
    """
    (x,), result = prepare("depth_to_space", x=x)
    blocks, _ = block_sizes("depth_to_space", x.shape, block, mode, to_space=True)
    return finish(_to_space(x, blocks, mode), result)


def depth_to_space_backward(
    grad_y: ArrayLike, x: ArrayLike, block: AxisInts, *, mode: BlockMode = "DCR"
) -> Array:
    """Gradient of :func:`depth_to_space` by ``x``: the same places, the other way round.

    ``grad_x[n, row, col, k] = grad_y[n, row·b + i, col·b + j, c]``, ``k`` as in the forward.

    Parameters
    ----------
    grad_y : array, (N, *spatial_out, C_out)
        Gradient of the loss by the output.
    x, block, mode
        As they were given to :func:`depth_to_space`; of ``x`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`depth_to_space`; also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> depth_to_space_backward(np.array([[[5.0], [6.0]]]), np.zeros((1, 1, 2)), 2)
    array([[[5., 6.]]])
    """
    operation = "depth_to_space_backward"
    (grad, x), result = prepare(operation, grad_y=grad_y, x=x)
    blocks, shape = block_sizes(operation, x.shape, block, mode, to_space=True)
    require_shape(operation, "grad_y", grad, shape, "the shape of the output that `x` gives")
    return finish(_to_depth(grad, blocks, mode), result)


def space_to_depth(x: ArrayLike, block: AxisInts, *, mode: BlockMode = "DCR") -> Array:
    """Turn every block of positions into the channels of one: the inverse of depth_to_space.

    ``y[n, row, col, k] = x[n, row·b + i, col·b + j, c]`` with ``k = (i·b + j)·C + c`` (DCR) or
    ``k = c·b² + i·b + j`` (CRD), for ``i, j < b``.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes, each a multiple of the block's size.
    block : int, or one int an axis
        The block's size, in positions.
    mode : "DCR" or "CRD"
        Whether a channel's number counts the places of the block first, or the old channels.

    Returns
    -------
    array, (N, *(spatial // block), C · number of positions in a block)

    Raises
    ------
    ShapeError
        If ``x`` has no spatial axes, or blocks do not fill them.
    OptionError, OptionTypeError
        If ``block`` is no positive integer, or ``mode`` is unknown.
    DtypeError
        If ``x`` does not hold real numbers.

    References
    ----------
    ONNX: SpaceToDepth, version 13, which is "DCR".

    Examples
    --------
    >>> space_to_depth([[[1.0], [2.0], [3.0], [4.0]]], 2)
    array([[[1., 2.],
            [3., 4.]]])
    """
    (x,), result = prepare("space_to_depth", x=x)
    blocks, _ = block_sizes("space_to_depth", x.shape, block, mode, to_space=False)
    return finish(_to_depth(x, blocks, mode), result)


def space_to_depth_backward(
    grad_y: ArrayLike, x: ArrayLike, block: AxisInts, *, mode: BlockMode = "DCR"
) -> Array:
    """Gradient of :func:`space_to_depth` by ``x``: the same places, the other way round.

    ``grad_x[n, row·b + i, col·b + j, c] = grad_y[n, row, col, k]``, ``k`` as in the forward.

    Parameters
    ----------
    grad_y : array, (N, *spatial_out, C_out)
        Gradient of the loss by the output.
    x, block, mode
        As they were given to :func:`space_to_depth`; of ``x`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`space_to_depth`; also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> space_to_depth_backward([[[5.0, 6.0]]], np.zeros((1, 2, 1)), 2).ravel()
    array([5., 6.])
    """
    operation = "space_to_depth_backward"
    (grad, x), result = prepare(operation, grad_y=grad_y, x=x)
    blocks, shape = block_sizes(operation, x.shape, block, mode, to_space=False)
    require_shape(operation, "grad_y", grad, shape, "the shape of the output that `x` gives")
    return finish(_to_space(grad, blocks, mode), result)


def block_sizes(
    operation: str, shape: tuple[int, ...], block: AxisInts, mode: BlockMode, to_space: bool
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
    blocks = axis_ints(operation, "block", block, len(shape) - 2, 1)
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
                received=f"x.shape={shape}, block={block!r}",
                hint="another block, or padding",
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
