"""How the engine in use will compute a convolution, without computing it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array
from stridewise.axis_options import MOST_POSITIONS, AxisInts, Padding
from stridewise.blocks.conv_spec import conv_spec
from stridewise.blocks.ranks import by_rank
from stridewise.engines import Explanation, current_engine, engine_info
from stridewise.errors import DtypeError, ShapeError, explain

__all__ = ["explain_conv", "explain_conv1d", "explain_conv2d", "explain_conv3d"]


def explain_conv(
    rank: int,
    x_shape: Sequence[int],
    weight_shape: Sequence[int],
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
    dtype: Any = "float32",
) -> Explanation:
    """Say which algorithm the engine in use chooses, why, what it costs, and what it needs.

    Parameters
    ----------
    x_shape : sequence of int, (N, *spatial, C_in)
        Shape of the input.
    weight_shape : sequence of int, (*kernel, C_in // groups, C_out)
        Shape of the filters.
    stride, padding, dilation, groups
        As in convolution.
    dtype : "float32" or "float64"
        What the arrays would hold.

    Returns
    -------
    Explanation
        One step for the convolution and one for each gradient; printed, a table.

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        As in convolution.
    DtypeError
        If the dtype is another one.

    Notes
    -----
    The compiled engine chooses by a model of the cost, never by trying: the same sizes give the
    same choice.

    Examples
    --------
    >>> from stridewise.engines import use_engine
    >>> with use_engine("loops"):
    ...     print(explain_conv2d((1, 5, 5, 2), (3, 3, 2, 4)))
    x (1, 5, 5, 2), weight (3, 3, 2, 4), float32, engine loops
      forward: four nested loops (the definition, as one writes it down)
        648 multiply-adds, at most 0.00 MiB workspace
      gradient by x: four nested loops (the definition, as one writes it down)
        648 multiply-adds, at most 0.00 MiB workspace
      gradient by weight: four nested loops (the definition, as one writes it down)
        648 multiply-adds, at most 0.00 MiB workspace
    """
    operation = f"explain_conv{rank}d"
    kind = _computed(operation, dtype)
    x, weight = (
        _of_shape(operation, name, shape, kind)
        for name, shape in (("x_shape", x_shape), ("weight_shape", weight_shape))
    )
    spec = conv_spec(operation, rank, x, weight, stride, padding, dilation, groups)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    said = [f"{name}={value}" for name, value in options.items() if value != usual[name]]
    problem = ", ".join([f"x {x.shape}", f"weight {weight.shape}", *said, kind.name])
    steps = current_engine().explain(spec, x.shape[0], x.shape[-1], weight.shape[-1], kind)
    return Explanation(engine_info().in_use, problem, steps)


def _computed(operation: str, dtype: Any) -> np.dtype[Any]:
    kind: np.dtype[Any]
    try:
        kind = np.dtype(dtype)
    except TypeError:
        kind = np.dtype(object)
    if kind not in (np.float32, np.float64):
        raise DtypeError(
            explain(
                operation,
                "convolutions are computed in other dtypes.",
                needed="float32, also for float16; float64, also for integers",
                received=f"dtype={dtype!r}",
                hint='dtype="float32"',
            )
        )
    return kind


def _of_shape(operation: str, name: str, shape: ArrayLike, dtype: np.dtype[Any]) -> Array:
    """An array of this shape that takes no memory."""
    sizes = as_array(operation, name, shape)
    is_shape = sizes.ndim == 1 and sizes.dtype.kind in "iu" and (sizes >= 0).all()
    if not is_shape or math.prod(map(int, sizes)) > MOST_POSITIONS:
        raise ShapeError(
            explain(
                operation,
                f"`{name}` is no shape.",
                needed="integers that are not negative, for an array that fits a memory",
                received=f"{name}={shape!r}",
                hint=f"array.shape: {operation}(x.shape, weight.shape)",
            )
        )
    return np.broadcast_to(np.zeros((), dtype), tuple(int(size) for size in sizes))


explain_conv1d, explain_conv2d, explain_conv3d = by_rank(explain_conv)
