"""Pixel shuffle: channels to pixels, in PyTorch's order of channels, and back."""

from __future__ import annotations

from stridewise.arrays import Array, ArrayLike
from stridewise.axis_options import AxisInts
from stridewise.blocks.space_blocks import BlockMode, move_blocks, move_blocks_backward

__all__ = [
    "pixel_shuffle",
    "pixel_shuffle_backward",
    "pixel_unshuffle",
    "pixel_unshuffle_backward",
]

_ORDER: BlockMode = "CRD"  # PyTorch's


def pixel_shuffle(x: ArrayLike, upscale: AxisInts) -> Array:
    """Enlarge images by turning the channels of every pixel into a block of pixels.

    ``y[n, row·r + i, col·r + j, c] = x[n, row, col, c·r² + i·r + j]`` for ``i, j < r``. Written
    for two spatial axes; one and three are alike.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes; C is a multiple of r².
    upscale : int, or one int an axis
        The factor ``r``.

    Returns
    -------
    array, (N, *(spatial · r), C // r²)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in ``depth_to_space``, of which this is ``mode="CRD"``.

    References
    ----------
    W. Shi et al., "Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network", arXiv:1609.05158, equation (4).

    Examples
    --------
    >>> pixel_shuffle([[[[1.0, 2.0, 3.0, 4.0]]]], 2)[0, :, :, 0]
    array([[1., 2.],
           [3., 4.]])
    """
    return move_blocks("pixel_shuffle", x, upscale, _ORDER, to_space=True, name="upscale")


def pixel_shuffle_backward(grad_y: ArrayLike, x: ArrayLike, upscale: AxisInts) -> Array:
    """Gradient of :func:`pixel_shuffle` by ``x``: :func:`pixel_unshuffle` of ``grad_y``.

    Parameters
    ----------
    grad_y : array, (N, *(spatial · r), C // r²)
        Gradient of the loss by the output.
    x, upscale
        As they were given to :func:`pixel_shuffle`; of ``x`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`pixel_shuffle`; also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> pixel_shuffle_backward([[[5.0], [6.0]]], [[[0.0, 0.0]]], 2)
    array([[[5., 6.]]])
    """
    operation = "pixel_shuffle_backward"
    return move_blocks_backward(
        operation, grad_y, x, upscale, _ORDER, to_space=True, name="upscale"
    )


def pixel_unshuffle(x: ArrayLike, downscale: AxisInts) -> Array:
    """Shrink images by turning every block of pixels into channels: undoes pixel_shuffle.

    ``y[n, row, col, c·r² + i·r + j] = x[n, row·r + i, col·r + j, c]`` for ``i, j < r``.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes, each a multiple of r.
    downscale : int, or one int an axis
        The divisor ``r``.

    Returns
    -------
    array, (N, *(spatial // r), C · r²)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in ``space_to_depth``, of which this is ``mode="CRD"``.

    References
    ----------
    W. Shi et al., arXiv:1609.05158, equation (4), the other way round.

    Examples
    --------
    >>> pixel_unshuffle([[[[1.0], [2.0]], [[3.0], [4.0]]]], 2).ravel()
    array([1., 2., 3., 4.])
    """
    return move_blocks("pixel_unshuffle", x, downscale, _ORDER, to_space=False, name="downscale")


def pixel_unshuffle_backward(grad_y: ArrayLike, x: ArrayLike, downscale: AxisInts) -> Array:
    """Gradient of :func:`pixel_unshuffle` by ``x``: :func:`pixel_shuffle` of ``grad_y``.

    Parameters
    ----------
    grad_y : array, (N, *(spatial // r), C · r²)
        Gradient of the loss by the output.
    x, downscale
        As they were given to :func:`pixel_unshuffle`; of ``x`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`pixel_unshuffle`; also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> pixel_unshuffle_backward([[[5.0, 6.0]]], [[[0.0], [0.0]]], 2).ravel()
    array([5., 6.])
    """
    operation = "pixel_unshuffle_backward"
    return move_blocks_backward(
        operation, grad_y, x, downscale, _ORDER, to_space=False, name="downscale"
    )
