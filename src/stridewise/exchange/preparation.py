"""How an image becomes a network's input: size, channels, scale, mean and deviation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from stridewise.errors import OptionError, explain
from stridewise.options import real_number, require_choice, require_integer, require_size

__all__ = ["CHANNELS", "Preparation"]

# None for a side that the image itself decides.
Size: TypeAlias = tuple[int | None, int | None]

CHANNELS = (1, 3, 4)
"""Of images: grey; colours; colours and opacity."""


@dataclass(frozen=True)
class Preparation:
    """How an image becomes the input of a network.

    ``x[0, h, w, c] = (scale · pixel[h, w, c] − mean[c]) / std[c]``, with pixels from 0 to 1.

    Parameters
    ----------
    size : (H, W), optional
        What the image is brought to. None for a side, or for both: the image decides. If it
        decides one side, it keeps its proportions.
    multiple_of : int
        Sides that the image decides are rounded to a multiple of it.
    mean, std : sequence of float
        One number, or one for each channel in the network's order; on the scale of ``scale``.
    scale : float
        What white becomes: 1 or 255.
    order : "rgb" or "bgr"
        How the network has the colours.
    channels : 1, 3 or 4
        Grey; colours; colours and opacity. Read images are opaque: transparent ones are laid on
        white.
    channels_first : bool
        Whether the network has (C, H, W) all the same.

    Raises
    ------
    OptionError, OptionTypeError
        If an option is not as described.

    Examples
    --------
    >>> print(Preparation(size=(224, None), mean=(0.5,), std=(0.25,), order="bgr"))
    224 rows, columns in proportion; BGR; (pixel - 0.5) / 0.25
    """

    size: Size | None = None
    multiple_of: int = 1
    mean: Sequence[float] = (0.0,)
    std: Sequence[float] = (1.0,)
    scale: float = 1.0
    order: str = "rgb"
    channels: int = 3
    channels_first: bool = False

    def __post_init__(self) -> None:
        if self.size is not None:
            sides = self.size if isinstance(self.size, tuple | list) else (self.size,)
            require_size("preparation", tuple(1 if side is None else side for side in sides))
        require_integer("preparation", "multiple_of", self.multiple_of, at_least=1)
        require_choice("preparation", "there is no order of that name.", self.order, ("rgb", "bgr"))
        is_integer = isinstance(self.channels, int | np.integer)
        if not is_integer or isinstance(self.channels, bool) or self.channels not in CHANNELS:
            raise _wrong("channels", self.channels, "1, 3 or 4", "channels=3")
        if self.order == "bgr" and self.channels == 1:
            raise _wrong("order", "bgr", "'rgb', as grey images have no colours", "order='rgb'")
        for name, numbers in (("mean", self.mean), ("std", self.std), ("scale", (self.scale,))):
            given, hint = getattr(self, name), f"{name}={getattr(type(self), name)}"
            if not (isinstance(numbers, Sequence) and all(map(_is_finite, numbers))):
                needed = "a finite number" if name == "scale" else "a tuple of finite numbers"
                raise _wrong(name, given, needed, hint)
            if len(numbers) not in (1, self.channels):
                needed = "1 number" + (f", or {self.channels}" if self.channels > 1 else "")
                one = f"{name}={tuple(numbers[:1]) or (0.5,)}"
                raise _wrong(name, given, f"{needed} for {_named(self)}", f"one for all: {one}")
            if name != "mean" and 0 in numbers:
                raise _wrong(name, given, "numbers that are not 0", hint)

    def __str__(self) -> str:
        rows, columns = self.size or (None, None)
        own = f", to a multiple of {self.multiple_of}" if self.multiple_of > 1 else ""
        if rows and columns:
            size = f"{rows}x{columns}"
        elif rows:
            size = f"{rows} rows, columns in proportion{own}"
        elif columns:
            size = f"{columns} columns, rows in proportion{own}"
        else:
            size = f"the image's own size{own}"
        return f"{size}; {_named(self)}; {_formula(self)}"


def _named(preparation: Preparation) -> str:
    if preparation.channels == 1:
        return "grey"
    return preparation.order.upper() + "A" * (preparation.channels == 4)


def _formula(preparation: Preparation) -> str:
    """Say what happens to a pixel, without what changes nothing."""
    mean, std, scale = preparation.mean, preparation.std, preparation.scale
    formula = "pixel" if scale == 1 else f"{scale:g} · pixel"
    if any(mean):
        formula = f"({formula} - {_listed(mean)})"
    if set(std) != {1}:
        formula += f" / {_listed(std)}"
    return "pixels from 0 to 1" if formula == "pixel" else formula


def _listed(numbers: Sequence[float]) -> str:
    texts = [f"{number:g}" for number in numbers]
    return texts[0] if len(set(texts)) == 1 else f"({', '.join(texts)})"


def _is_finite(number: object) -> bool:
    real = real_number(number)
    return real is not None and math.isfinite(real)


def _wrong(name: str, value: object, needed: str, hint: str) -> OptionError:
    return OptionError(
        explain(
            "preparation",
            f"`{name}` cannot be used.",
            needed=needed,
            received=f"{name}={value!r}",
            hint=hint,
        )
    )
