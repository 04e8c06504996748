"""Sizes to resize to that do not distort an image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias, get_args

from stridewise.errors import OptionError, explain
from stridewise.options import require_choice, require_integer

__all__ = ["AspectRatio", "Sizes", "keep_aspect_ratio"]

AspectRatio: TypeAlias = Literal["stretch", "not_larger", "not_smaller"]


class Sizes(NamedTuple):
    """The sizes to resize to, and the scales that they come from, one an axis."""

    sizes: tuple[int, ...]
    scales: tuple[float, ...]


def keep_aspect_ratio(
    input_size: Sequence[int], sizes: Sequence[int], policy: AspectRatio = "stretch"
) -> Sizes:
    """Fit an image into (or around) a size without distorting it.

    ``scale = min(sizes[i] / input_size[i])`` for "not_larger", the maximum for "not_smaller";
    then ``sizes[i] = floor(scale · input_size[i] + 1/2)``.

    Parameters
    ----------
    input_size : sequence of int
        Size of the input on the axes to be resized.
    sizes : sequence of int
        The size asked for, on the same axes.
    policy : "stretch", "not_larger" or "not_smaller"
        "stretch" takes ``sizes`` as they are.

    Returns
    -------
    Sizes
        ``sizes`` and ``scales``, for ``resize_axes``.

    Raises
    ------
    OptionError, OptionTypeError
        If a size is no positive integer, or the policy is unknown.

    References
    ----------
    ONNX: Resize, version 19, ``keep_aspect_ratio_policy``.

    Examples
    --------
    >>> keep_aspect_ratio((4, 6), (8, 9), "not_larger")
    Sizes(sizes=(6, 9), scales=(1.5, 1.5))
    """
    problem = "`policy` has an unknown name."
    require_choice("keep_aspect_ratio", problem, policy, get_args(AspectRatio))
    if len(sizes) != len(input_size):
        raise OptionError(
            explain(
                "keep_aspect_ratio",
                "`sizes` does not go with the input's size.",
                needed=f"{len(input_size)} sizes, one an axis",
                received=f"sizes={sizes!r}, input_size={input_size!r}",
                hint="sizes=input_size",
            )
        )
    wanted = [require_integer("keep_aspect_ratio", "sizes", n, at_least=1) for n in sizes]
    have = [require_integer("keep_aspect_ratio", "input_size", n, at_least=1) for n in input_size]
    scales = tuple(n / size for n, size in zip(wanted, have, strict=True))
    if policy == "stretch" or not scales:
        return Sizes(tuple(wanted), scales)
    scale = min(scales) if policy == "not_larger" else max(scales)
    return Sizes(tuple(math.floor(scale * n + 0.5) for n in have), (scale,) * len(have))
