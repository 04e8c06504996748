"""Options that are numbers with commas between them."""

from __future__ import annotations

from stridewise.errors import OptionError, explain

__all__ = ["parse_numbers"]


def parse_numbers(option: str, text: str) -> tuple[float, ...]:
    """Read one number, or one a channel.

    >>> parse_numbers("--mean", "0.5,0.25,1")
    (0.5, 0.25, 1.0)
    """
    try:
        return tuple(float(number) for number in text.split(","))
    except ValueError:
        raise OptionError(
            explain(
                option,
                "these are no numbers.",
                needed="1 number, or 1 a channel with commas between them",
                received=repr(text),
                hint=f"{option} 0.5, or {option} 0.485,0.456,0.406",
            )
        ) from None
