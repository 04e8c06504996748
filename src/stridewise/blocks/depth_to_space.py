"""Moving channels into space and back: the elements stay, their places change."""

from __future__ import annotations

from stridewise.arrays import Array, ArrayLike
from stridewise.axis_options import AxisInts
from stridewise.blocks.space_blocks import (
    BlockMode,
    block_sizes,
    move_blocks,
    move_blocks_backward,
)

__all__ = [
    "BlockMode",
    "block_sizes",
    "depth_to_space",
    "depth_to_space_backward",
    "space_to_depth",
    "space_to_depth_backward",
]


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
    >>> x = [[[1.0, 2.0, 3.0, 4.0]]]  # one position of four channels
    >>> depth_to_space(x, 2)[0]
    array([[1., 2.],
           [3., 4.]])
    >>> depth_to_space(x, 2, mode="CRD")[0]
    array([[1., 3.],
           [2., 4.]])
    """
    return move_blocks("depth_to_space", x, block, mode, to_space=True)


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
    >>> depth_to_space_backward([[[5.0], [6.0]]], [[[0.0, 0.0]]], 2)
    array([[[5., 6.]]])
    """
    return move_blocks_backward("depth_to_space_backward", grad_y, x, block, mode, to_space=True)


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
    return move_blocks("space_to_depth", x, block, mode, to_space=False)


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
    >>> space_to_depth_backward([[[5.0, 6.0]]], [[[0.0], [0.0]]], 2).ravel()
    array([5., 6.])
    """
    return move_blocks_backward("space_to_depth_backward", grad_y, x, block, mode, to_space=False)
