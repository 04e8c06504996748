"""Pooling over all of space, and its gradients: the window is the whole image."""

from __future__ import annotations

from stridewise.arrays import Array, ArrayLike, as_array, require_shape
from stridewise.blocks.average_pooling import avg_pool, avg_pool_backward
from stridewise.blocks.max_pooling import max_pool, max_pool_backward
from stridewise.engines import Ties
from stridewise.errors import ShapeError, explain
from stridewise.options import require_flag

__all__ = [
    "global_avg_pool",
    "global_avg_pool_backward",
    "global_max_pool",
    "global_max_pool_backward",
]


def global_avg_pool(x: ArrayLike, *, keepdims: bool = False) -> Array:
    """Take the mean of every channel: ``y[n, c] = mean over all positions of x[n, …, c]``.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes.
    keepdims : bool
        Keep the spatial axes, with one element each.

    Returns
    -------
    array, (N, C), or (N, 1, …, C)

    Raises
    ------
    ShapeError
        If ``x`` has no spatial axes, or an empty one.

    References
    ----------
    M. Lin, Q. Chen, S. Yan, arXiv:1312.4400, section 3.2. ONNX: GlobalAveragePool, version 22.

    Examples
    --------
    >>> global_avg_pool([[[1.0, 5.0], [3.0, 7.0]]])
    array([[2., 6.]])
    """
    x = _image("global_avg_pool", x)
    keepdims = require_flag("global_avg_pool", "keepdims", keepdims)
    return _squeeze(avg_pool(x.ndim - 2, x, x.shape[1:-1]), keepdims)


def global_avg_pool_backward(grad_y: ArrayLike, x: ArrayLike, *, keepdims: bool = False) -> Array:
    """Gradient of :func:`global_avg_pool`: every position gets an equal share.

    Parameters
    ----------
    grad_y : array, (N, C), or (N, 1, …, C)
    x, keepdims
        As they were given to :func:`global_avg_pool`.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError
        Also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> global_avg_pool_backward([[6.0]], np.zeros((1, 3, 1))).ravel()
    array([2., 2., 2.])
    """
    x = _image("global_avg_pool_backward", x)
    grad = _expand("global_avg_pool_backward", grad_y, x, keepdims)
    return avg_pool_backward(x.ndim - 2, grad, x, x.shape[1:-1])


def global_max_pool(x: ArrayLike, *, keepdims: bool = False) -> Array:
    """Take the maximum of every channel: ``y[n, c] = max over all positions of x[n, …, c]``.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes.
    keepdims : bool
        Keep the spatial axes, with one element each.

    Returns
    -------
    array, (N, C), or (N, 1, …, C)

    Raises
    ------
    ShapeError
        If ``x`` has no spatial axes, or an empty one.

    References
    ----------
    ONNX: GlobalMaxPool, version 22.

    Examples
    --------
    >>> global_max_pool([[[1.0, 7.0], [3.0, 5.0]]])
    array([[3., 7.]])
    """
    x = _image("global_max_pool", x)
    keepdims = require_flag("global_max_pool", "keepdims", keepdims)
    return _squeeze(max_pool(x.ndim - 2, x, x.shape[1:-1]), keepdims)


def global_max_pool_backward(
    grad_y: ArrayLike, x: ArrayLike, *, keepdims: bool = False, ties: Ties = "first"
) -> Array:
    """Gradient of :func:`global_max_pool`: the largest element gets it.

    Parameters
    ----------
    grad_y : array, (N, C), or (N, 1, …, C)
    x, keepdims
        As they were given to :func:`global_max_pool`.
    ties : "first" or "all"
        As in ``max_pool2d_backward``.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError
        Also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> global_max_pool_backward([[6.0]], [[[1.0], [3.0], [2.0]]]).ravel()
    array([0., 6., 0.])
    """
    x = _image("global_max_pool_backward", x)
    grad = _expand("global_max_pool_backward", grad_y, x, keepdims)
    return max_pool_backward(x.ndim - 2, grad, x, x.shape[1:-1], ties=ties)


def _image(operation: str, x: ArrayLike) -> Array:
    array = as_array(operation, "x", x)
    if not 3 <= array.ndim <= 5 or 0 in array.shape[1:-1]:
        raise ShapeError(
            explain(
                operation,
                "`x` has no image to pool.",
                needed="a batch, one to three spatial axes that are not empty, and channels",
                received=f"x.shape={array.shape}",
                hint="x[None, ..., None] for one image of one channel",
            )
        )
    return array


def _squeeze(y: Array, keepdims: bool) -> Array:
    return y if keepdims else y.reshape(y.shape[0], y.shape[-1])


def _expand(operation: str, grad_y: ArrayLike, x: Array, keepdims: bool) -> Array:
    grad = as_array(operation, "grad_y", grad_y)
    kept = (x.shape[0], *(1,) * (x.ndim - 2), x.shape[-1])
    shape = kept if require_flag(operation, "keepdims", keepdims) else (x.shape[0], x.shape[-1])
    require_shape(operation, "grad_y", grad, shape, "the shape of the output that `x` gives")
    return grad.reshape(kept)
