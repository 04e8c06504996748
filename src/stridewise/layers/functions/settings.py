"""What the functions of the table take: arrays by their place, settings by their name."""

from __future__ import annotations

import functools
import inspect
from typing import NamedTuple

from stridewise.layers.functions.table import FUNCTIONS

__all__ = ["Accepted", "accepted"]

_ARRAYS = ("Array", "ArrayLike", "Array | None", "ArrayLike | None")
_EITHER = ("Any", "Array | int")  # a list in the description, or an array from another node


class Accepted(NamedTuple):
    """What a function takes, from the signature of its forward.

    Attributes
    ----------
    arrays : tuple of str
        Names of the arrays, by their place; one with a star stands for any number of them. Some
        may come as settings instead, and are among these as well.
    settings : dict
        Defaults by name; ``inspect.Parameter.empty`` for none.
    required : tuple of str
        Settings that must be there, as no array takes their place.
    open : bool
        Whether it hands settings of other names on.
    """

    arrays: tuple[str, ...]
    settings: dict[str, object]
    required: tuple[str, ...]
    open: bool


@functools.cache
def accepted(function: str) -> Accepted:
    """Read the signature of a function of the table.

    Examples
    --------
    >>> accepted("layer_norm").arrays, accepted("layer_norm").settings
    (('x', 'weight', 'bias'), {'axis': -1, 'epsilon': 1e-05})
    >>> accepted("slice").arrays, accepted("slice").required
    (('x', 'starts', 'ends', 'axes', 'steps'), ())
    >>> accepted("concat").required, accepted("resize").open
    (('axis',), True)
    """
    arrays: list[str] = []
    settings: dict[str, object] = {}
    required: list[str] = []
    is_open = False
    for name, parameter in inspect.signature(FUNCTIONS[function].forward).parameters.items():
        has_place = parameter.kind is not parameter.KEYWORD_ONLY
        if parameter.kind is parameter.VAR_KEYWORD:
            is_open = True
        elif parameter.kind is parameter.VAR_POSITIONAL:
            arrays.append(f"*{name}")
        elif has_place and parameter.annotation in _ARRAYS:
            arrays.append(name)
        else:
            settings[name] = parameter.default
            if has_place and parameter.annotation in _EITHER:
                arrays.append(name)
            elif parameter.default is parameter.empty:
                required.append(name)
    return Accepted(tuple(arrays), settings, tuple(required), is_open)
