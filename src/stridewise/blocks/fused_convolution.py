"""Convolution with what follows it in inference, in one pass over its output."""

from __future__ import annotations

import math

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.conv_spec import conv_spec
from stridewise.engines import current_engine
from stridewise.engines.epilogue import Epilogue, Kept

__all__ = ["fused_conv"]


def fused_conv(
    rank: int,
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    residual: ArrayLike | None = None,
    low: float = -math.inf,
    high: float = math.inf,
    kept: Kept | None = None,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
) -> Array:
    """Convolve, add, clip: ``min(max(conv(x, weight, bias) + residual, low), high)``.

    Parameters
    ----------
    rank, x, weight, bias, stride, padding, dilation, groups
        As in :func:`stridewise.blocks.convolution.conv`.
    residual : array, of the output's shape, optional
    low, high : float
        Infinite where there is no bound. ReLU is ``low=0``.
    kept : dict, optional
        For an engine to keep the weights in its own order. Whoever gives the same one again
        promises that ``weight`` and ``bias`` have not changed.

    Returns
    -------
    array, (N, *spatial_out, C_out)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in ``conv``; also if ``residual`` has not the shape of the output.

    Notes
    -----
    It rounds where the separate operations do: the results are the same, bit for bit.

    Examples
    --------
    >>> fused_conv(1, [[[1.0], [-2.0]]], [[[3.0]]], residual=[[[1.0], [2.0]]], low=0.0).ravel()
    array([4., 0.])
    """
    operation = f"conv{rank}d"
    given = {"bias": bias, "residual": residual}
    optional = {name: value for name, value in given.items() if value is not None}
    (x, weight, *others), result = prepare(operation, x=x, weight=weight, **optional)
    found = dict(zip(optional, others, strict=True))
    spec = conv_spec(operation, rank, x, weight, stride, padding, dilation, groups)
    shapes = {"bias": weight.shape[-1:], "residual": (len(x), *spec.output_size, weight.shape[-1])}
    for name, array in found.items():
        require_shape(operation, name, array, shapes[name], "the shape that the output asks for")
    epilogue = Epilogue(found.get("residual"), low, high)
    y = current_engine().conv(x, weight, found.get("bias"), spec, epilogue, kept)
    return finish(y, result)
