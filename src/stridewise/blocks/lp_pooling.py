"""Lp pooling: the p-norm of every window, and its gradient."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.pool_spec import pool_spec
from stridewise.errors import OptionError, ShapeError, explain
from stridewise.options import require_number
from stridewise.specs import PoolSpec

__all__ = ["lp_pool", "lp_pool_backward", "require_power"]


def lp_pool(
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    p: float = 2,
    stride: AxisInts | None = None,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    ceil_mode: bool = False,
) -> Array:
    """Take the p-norm of every window.

    ``y[n, row, col, c] = (Σ |x_padded[n, row·s + k_row·d, col·s + k_col·d, c]|^p)^(1/p)`` over
    the kernel's ``k_row`` and ``k_col``. Written for two spatial axes; one and three are alike.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes.
    kernel_size : int, or one int an axis
        The window's size, in taps.
    p : float
        Greater than 0: 1 adds magnitudes up, 2 is the length of the window as a vector.
    stride : int, or one int an axis, optional
        How far the window moves, in elements; by default the kernel's size.
    padding : int, one int an axis, one (before, after) an axis, "valid", "same", "same_lower"
        Zeros around the input, in elements; less than the window's size.
    dilation : int, or one int an axis
        Distance between neighbouring taps, in elements.
    ceil_mode : bool
        Round the number of outputs up: a last window may hang over the padding's end, as long
        as it starts inside the input or the padding before it.

    Returns
    -------
    array, (N, *spatial_out, C)
        On each axis ``floor((size + before + after − d·(k − 1) − 1) / s) + 1`` elements.

    Raises
    ------
    ShapeError
        If ``x`` has the wrong rank, or the kernel does not fit.
    OptionError, OptionTypeError
        If an option is out of range, or of the wrong type.
    DtypeError
        If ``x`` does not hold real numbers.

    Notes
    -----
    Powers are taken as they are: ``|x|^p`` beyond the dtype gives infinity. PyTorch's
    ``lp_pool2d`` takes ``x^p`` without the magnitude: with an odd p negative elements count
    against positive ones there, and a negative sum gives NaN (with p = 1, itself).

    References
    ----------
    P. Sermanet, S. Chintala, Y. LeCun, arXiv:1204.3968, section 2.2. ONNX: LpPool, version 22.

    Examples
    --------
    >>> x = np.array([3.0, -4.0, 0.0, 2.0]).reshape(1, 4, 1)
    >>> lp_pool(x, 2).ravel()
    array([5., 2.])
    >>> lp_pool(x, 2, p=1, stride=1).ravel()
    array([7., 4., 2.])
    """
    (x,), result = prepare("lp_pool", x=x)
    p, spec = _checked("lp_pool", x, kernel_size, p, stride, padding, dilation, ceil_mode)
    return finish(_norms(x, p, spec), result)


def lp_pool_backward(
    grad_y: ArrayLike,
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    p: float = 2,
    stride: AxisInts | None = None,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    ceil_mode: bool = False,
) -> Array:
    """Gradient of :func:`lp_pool`: each element of a window gets a share by its magnitude.

    ``grad_x[n, i, j, c] += grad_y[n, row, col, c] · sign(x[n, i, j, c]) · (|x[n, i, j, c]| /
    y[n, row, col, c])^(p − 1)`` at every place (i, j) of the window at (row, col).

    Parameters
    ----------
    grad_y : array, (N, *spatial_out, C)
        Gradient of the loss by the output.
    x, kernel_size, p, stride, padding, dilation, ceil_mode
        As they were given to :func:`lp_pool`.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`lp_pool`; also if ``grad_y`` has not the shape of the output.

    Notes
    -----
    A window whose norm is 0 gives nothing, and an element that is 0 gets nothing: where there
    is no derivative, 0 is taken.

    References
    ----------
    ONNX: LpPool, version 22.

    Examples
    --------
    >>> x = np.array([3.0, -4.0, 0.0, 0.0]).reshape(1, 4, 1)
    >>> lp_pool_backward(np.array([10.0, 1.0]).reshape(1, 2, 1), x, 2).ravel()
    array([ 6., -8.,  0.,  0.])
    """
    operation = "lp_pool_backward"
    (grad, x), result = prepare(operation, grad_y=grad_y, x=x)
    p, spec = _checked(operation, x, kernel_size, p, stride, padding, dilation, ceil_mode)
    shape = (x.shape[0], *spec.output_size, x.shape[-1])
    require_shape(operation, "grad_y", grad, shape, "the shape of the output that `x` gives")
    y = _norms(x, p, spec)
    # Beyond the dtype there is infinity, and NaN where it meets a 0.
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = grad * np.power(y, 1 - p, where=y != 0, out=np.zeros_like(y))
        slope = np.power(np.abs(x), p - 1, where=x != 0, out=np.zeros_like(x))
        grad_x = np.copysign(slope, x) * _spread(scaled, spec)
    # Where there is no derivative; not even that of an infinite neighbour.
    grad_x[x == 0] = 0
    return finish(grad_x, result)


def _checked(
    operation: str,
    x: Array,
    kernel_size: AxisInts,
    p: float,
    stride: AxisInts | None,
    padding: Padding,
    dilation: AxisInts,
    ceil_mode: bool,
) -> tuple[float, PoolSpec]:
    if not 3 <= x.ndim <= 5:
        raise ShapeError(
            explain(
                operation,
                "`x` has the wrong number of axes.",
                needed="a batch, one to three spatial axes, and channels",
                received=f"x.shape={x.shape}",
                hint="x[None, ..., None] for one image of one channel",
            )
        )
    power = require_power(operation, p)
    spec = pool_spec(operation, x.ndim - 2, x, kernel_size, stride, padding, dilation, ceil_mode)
    return power, spec


def require_power(operation: str, p: float) -> float:
    """Return ``p`` as a float; refuse what is no finite number above 0.

    >>> require_power("demo", 3)
    3.0
    """
    power = require_number(operation, "p", p)
    if power == 0:
        raise OptionError(
            explain(
                operation,
                "`p` is 0, and has no root.",
                needed="a number > 0",
                received=f"p={p!r}",
                hint="p=2",
            )
        )
    return power


def _norms(x: Array, p: float, spec: PoolSpec) -> Array:
    with np.errstate(over="ignore"):  # beyond the dtype there is infinity
        sums = np.abs(x) ** p
        for axis, window in enumerate(spec.axes, start=1):
            total = np.zeros(
                (*sums.shape[:axis], window.positions, *sums.shape[axis + 1 :]), sums.dtype
            )
            for _, positions, elements in window.meetings():
                total[_at(axis, positions)] += sums[_at(axis, elements)]
            sums = total
        return np.asarray(sums ** (1 / p))


def _spread(grad: Array, spec: PoolSpec) -> Array:
    """Add the number of each window to all of its elements: the transpose of window sums."""
    for axis, window in enumerate(spec.axes, start=1):
        total = np.zeros((*grad.shape[:axis], window.size, *grad.shape[axis + 1 :]), grad.dtype)
        for _, positions, elements in window.meetings():
            total[_at(axis, elements)] += grad[_at(axis, positions)]
        grad = total
    return grad


def _at(axis: int, where: slice) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, where)
