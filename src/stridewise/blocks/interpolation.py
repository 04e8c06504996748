"""Which elements of an axis a resampled axis is made of, and how much of each.

One axis at a time, and no arrays but tables: row ``i`` of a table belongs to output element
``i`` and holds the few input elements that it mixes. Resizing applies such tables.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import OptionError, OptionTypeError, explain
from stridewise.options import real_number, require_choice, require_flag

__all__ = ["Coordinates", "Interpolation", "Nearest", "ResizeMode", "Taps", "taps"]

ResizeMode: TypeAlias = Literal["nearest", "linear", "cubic"]
Coordinates: TypeAlias = Literal[
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_half_pixel_for_nn",
    "tf_crop_and_resize",
]
Nearest: TypeAlias = Literal["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]


@dataclass(frozen=True)
class Interpolation:
    """How new elements are made of old ones: the options of ``resize``, validated.

    Attributes
    ----------
    mode, coordinates, nearest, cubic_coeff, exclude_outside, extrapolation_value, antialias
        As in ``stridewise.resize``.

    Examples
    --------
    >>> Interpolation("cubic", cubic_coeff=-0.5).antialias
    False
    """

    mode: ResizeMode = "nearest"
    coordinates: Coordinates = "half_pixel"
    nearest: Nearest = "round_prefer_floor"
    cubic_coeff: float = -0.75
    exclude_outside: bool = False
    extrapolation_value: float = 0.0
    antialias: bool = False

    def __post_init__(self) -> None:
        for name, choices in (
            ("mode", ResizeMode),
            ("coordinates", Coordinates),
            ("nearest", Nearest),
        ):
            unknown = f"`{name}` has an unknown name."
            require_choice("resize", unknown, getattr(self, name), get_args(choices))
        _require_real("cubic_coeff", self.cubic_coeff, finite=True)
        _require_real("extrapolation_value", self.extrapolation_value, finite=False)
        for name in ("exclude_outside", "antialias"):
            require_flag("resize", name, getattr(self, name))
        if self.antialias and self.mode == "nearest":
            raise OptionError(
                explain(
                    "resize",
                    "the nearest element cannot be smoothed.",
                    needed="antialias=False, or a mode that mixes elements",
                    received="mode='nearest', antialias=True",
                    hint="mode='linear'",
                )
            )


def _require_real(name: str, value: object, finite: bool) -> None:
    number = real_number(value)
    finite = finite or isinstance(value, int)  # an int is finite, or beyond every float
    if number is None or (finite and not math.isfinite(number)):
        raise (OptionTypeError if number is None else OptionError)(
            explain(
                "resize",
                f"`{name}` is not a {'finite ' if finite else ''}number.",
                needed="one number",
                received=f"{name}={value!r}",
                hint=f"{name}={-0.75 if finite else 0.0}",
            )
        )


class Taps(NamedTuple):
    """What each element of an output axis mixes.

    Attributes
    ----------
    indices : int array, (out, taps)
        Places on the input axis, all of them inside.
    weights : float64 array, (out, taps)
        How much of each. A row adds up to one, or is all zero if it is ``outside``.
    outside : bool array, (out,)
        Rows that look beyond the input and take a fixed value instead.
    """

    indices: Array
    weights: Array
    outside: Array


def taps(
    size: int, out: int, scale: float | None, roi: tuple[float, float] | None, how: Interpolation
) -> Taps:
    """Tables for an axis of ``size >= 1`` elements that gets ``out``.

    ``scale`` is None where it is ``out / size``: then places are computed without rounding it.

    >>> taps(2, 4, None, None, Interpolation("linear")).weights[1]
    array([0.75, 0.25])
    """
    if out == 0:
        return Taps(np.zeros((0, 1), np.intp), np.zeros((0, 1)), np.zeros(0, bool))
    places = _places(size, out, scale, roi, how.coordinates)
    below = np.floor(places)
    beyond = how.coordinates == "tf_crop_and_resize"
    outside = ((places < 0) | (places > size - 1)) & beyond
    # Far outside it is the last element all the same; clipped first, it fits into an integer.
    if how.mode == "nearest":
        chosen = _rounded(places, below, how.nearest)[:, None].clip(0, size - 1)
        return Taps(chosen.astype(np.intp), np.where(outside, 0.0, 1.0)[:, None], outside)
    stretch = min(out / size if scale is None else scale, 1.0) if how.antialias else 1.0
    radius = 1 if how.mode == "linear" else 2
    reach = int(np.ceil(radius / stretch)) - 1
    wanted = below[:, None] + np.arange(-reach, reach + 2)
    distance = np.abs(wanted - places[:, None]) * stretch
    weights = _cubic(distance, how.cubic_coeff) if radius == 2 else (1 - distance).clip(0)
    indices = wanted.clip(0, size - 1)
    if how.exclude_outside:
        inside = np.where(wanted == indices, weights, 0.0)
        # A row without anything inside keeps the edge that it was clipped to.
        weights = np.where(inside.sum(1, keepdims=True) == 0, weights, inside)
    if how.exclude_outside or how.antialias:
        total = weights.sum(1, keepdims=True)
        weights = weights / np.where(total == 0, 1.0, total)
    weights = np.where(outside[:, None], 0.0, weights)
    return Taps(indices.astype(np.intp), weights, outside)


def _places(
    size: int,
    out: int,
    scale: float | None,
    roi: tuple[float, float] | None,
    coordinates: Coordinates,
) -> Array:
    """Where each output element lies on the input axis, in elements of the input."""
    i = np.arange(out, dtype=np.float64)
    # Multiplied before divided: a whole or half number comes out as one.
    step, per = (size, out) if scale is None else (1, scale)
    width = out if scale is None else scale * size
    match coordinates:
        case "asymmetric":
            return i * step / per
        case "tf_half_pixel_for_nn":
            return (i + 0.5) * step / per
        case "align_corners":
            return i * (size - 1) / (width - 1) if width > 1 else np.zeros(out)
        case "tf_crop_and_resize":
            start, end = roi or (0.0, 1.0)
            if out == 1:
                return np.full(out, 0.5 * (start + end) * (size - 1))
            return start * (size - 1) + i * (end - start) * (size - 1) / (out - 1)
        case "pytorch_half_pixel" if out == 1:
            return np.zeros(out)
        case "half_pixel_symmetric":
            return (size - 1) / 2 + (i - (out - 1) / 2) * step / per
    return (i + 0.5) * step / per - 0.5


def _rounded(places: Array, below: Array, nearest: Nearest) -> Array:
    part = places - below
    up: dict[str, Array | np.bool] = {
        "round_prefer_floor": part > 0.5,
        "round_prefer_ceil": part >= 0.5,
        "floor": np.False_,
        "ceil": part > 0,
    }
    return np.asarray(below + up[nearest])


def _cubic(distance: Array, a: float) -> Array:
    """Keys' cubic convolution kernel, equation (4)."""
    near = ((a + 2) * distance - (a + 3)) * distance**2 + 1
    far = ((distance - 5) * distance + 8) * distance * a - 4 * a
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))
