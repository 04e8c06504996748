"""Local response normalisation across channels, and its gradient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.blocks.elementwise import real_option
from stridewise.errors import ShapeError, explain
from stridewise.options import require_integer, require_number

__all__ = ["local_response_norm", "local_response_norm_backward"]


def local_response_norm(
    x: ArrayLike, size: int, *, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """Divide each channel by a power of what its neighbours say.

    ``y[…, c] = x[…, c] / (k + alpha / size · Σ_j x[…, j]²)^beta`` with j from
    ``c − ⌊(size − 1) / 2⌋`` to ``c + ⌈(size − 1) / 2⌉``, where there are channels.

    Parameters
    ----------
    x : array, (…, C)
    size : int
        Number of neighbouring channels, itself among them.
    alpha, beta : float
        Weight of the neighbours, and the power; 0 or more.
    k : float
        What stands there without neighbours; more than 0.

    Returns
    -------
    array, of the shape of ``x``

    Raises
    ------
    ShapeError
        If ``x`` has no axis.
    OptionError, OptionTypeError
        If an option is out of range, or of the wrong type.

    Notes
    -----
    ``alpha`` is divided by ``size``, as in ONNX and PyTorch but not in the paper. A window of
    even size has the larger half after the channel, as in ONNX; PyTorch has it before.

    References
    ----------
    A. Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks",
    2012, section 3.3. ONNX: LRN, version 13.

    Examples
    --------
    >>> local_response_norm([1.0, 2.0, 4.0], 3, alpha=3.0, beta=1.0)  # / 6, / 22, / 21
    array([0.16666667, 0.09090909, 0.19047619])
    """
    operation = "local_response_norm"
    (x,), result = prepare(operation, x=x)
    window = _window(operation, x, size, alpha, beta, k)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give 0 or NaN
        return finish(x * window.base**-window.beta, result)


def local_response_norm_backward(
    grad_y: ArrayLike,
    x: ArrayLike,
    size: int,
    *,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> Array:
    """Gradient of :func:`local_response_norm`.

    With ``s[c]`` for what stands under the power, ``grad_x[j] = grad_y[j] · s[j]^−beta −
    2 · alpha · beta / size · x[j] · Σ_c grad_y[c] · x[c] · s[c]^(−beta − 1)`` over all c that
    have j among their neighbours.

    Parameters
    ----------
    grad_y : array, of the shape of ``x``
    x, size, alpha, beta, k
        As they were given to :func:`local_response_norm`.

    Returns
    -------
    array, of the shape of ``x``

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        As in :func:`local_response_norm`; also if ``grad_y`` has not the shape of ``x``.

    Examples
    --------
    >>> local_response_norm_backward([1.0, 0.0], [1.0, 1.0], 2, alpha=1.0, beta=1.0)
    array([ 0.25, -0.25])
    """
    operation = "local_response_norm_backward"
    (grad_y, x), result = prepare(operation, grad_y=grad_y, x=x)
    require_shape(operation, "grad_y", grad_y, x.shape, "the shape of `x`")
    base, before, after, share, beta = _window(operation, x, size, alpha, beta, k)
    with np.errstate(over="ignore", invalid="ignore"):
        direct = grad_y * base**-beta
        others = _sum_of_neighbours(direct * x / base, after, before)
        return finish(direct - 2 * share * beta * x * others, result)


class _Window(NamedTuple):
    base: Array
    before: int
    after: int
    share: float
    beta: float


def _window(operation: str, x: Array, size: int, alpha: float, beta: float, k: float) -> _Window:
    """What stands under the power, and what it takes to differentiate it."""
    size = require_integer(operation, "size", size, at_least=1, at_most=2**31 - 1)
    for name, value in (("alpha", alpha), ("beta", beta)):
        real_option(operation, name, value, x)  # finite in the dtype of `x`
        require_number(operation, name, value)  # not negative
    share, beta = float(alpha) / size, float(beta)
    k = real_option(operation, "k", k, x, positive=True)
    if x.ndim == 0:
        raise ShapeError(
            explain(
                operation,
                "`x` has no channels.",
                needed="x of shape (…, C)",
                received="x.shape=()",
                hint="x[None], for one channel",
            )
        )
    # Neighbours beyond the channels add nothing, however wide the window is.
    last = max(x.shape[-1] - 1, 0)
    before, after = min((size - 1) // 2, last), min(size // 2, last)
    with np.errstate(over="ignore"):
        base = k + share * _sum_of_neighbours(x * x, before, after)
    return _Window(base, before, after, share, beta)


def _sum_of_neighbours(values: Array, before: int, after: int) -> Array:
    """Add up the channels from c − before to c + after."""
    channels = values.shape[-1]
    padded = np.pad(values, [(0, 0)] * (values.ndim - 1) + [(before, after)])
    total = padded[..., :channels].copy()
    for offset in range(1, before + after + 1):
        total += padded[..., offset : offset + channels]
    return total
