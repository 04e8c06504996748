"""An image's size as a person writes it: 64x48."""

from __future__ import annotations

from stridewise.errors import OptionError, explain

__all__ = ["parse_image_size"]


def parse_image_size(text: str, option: str = "--size") -> tuple[int, int]:
    """Read rows and columns.

    Examples
    --------
    >>> parse_image_size("64x48"), parse_image_size("64")
    ((64, 48), (64, 64))
    """
    sides = text.lower().split("x")
    if len(sides) > 2 or not all(side.isdecimal() and len(side) < 6 for side in sides):
        numbers = len(sides) < 3 and all(side.isdecimal() for side in sides)
        raise OptionError(
            explain(
                option,
                "this size is too large." if numbers else "this is not a size.",
                needed="rows and columns, in pixels: up to 99999",
                received=repr(text),
                hint="64x48, or 64 for both",
            )
        )
    return int(sides[0]), int(sides[-1])
