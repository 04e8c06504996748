"""Initial weights that keep the size of signals from layer to layer."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias, get_args

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import OptionError, explain, nearest

__all__ = ["Initialisation", "initial_weights", "require_initialisation"]

Initialisation: TypeAlias = Literal["he", "glorot"]


def require_initialisation(kind: str, name: str) -> None:
    """Refuse an unknown name."""
    if name not in get_args(Initialisation):
        raise OptionError(
            explain(
                kind,
                "`initialisation` has an unknown name.",
                needed="'he' or 'glorot'",
                received=f"initialisation={name!r}",
                hint=f"initialisation={nearest(name, get_args(Initialisation))}",
            )
        )


def initial_weights(
    name: Initialisation, shape: tuple[int, ...], groups: int, rng: np.random.Generator
) -> Array:
    """Draw weights of shape (*kernel, C_in // groups, C_out).

    "he" draws from a normal distribution of variance ``2 / fan_in``, for layers before a relu;
    "glorot" from a uniform one of variance ``2 / (fan_in + fan_out)``, for the others.

    References
    ----------
    K. He et al., arXiv:1502.01852, equation 10. X. Glorot, Y. Bengio, "Understanding the
    difficulty of training deep feedforward neural networks", 2010, equation 16.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> initial_weights("he", (5, 5, 8, 400), 1, rng).std().round(2)
    np.float64(0.1)
    """
    *kernel, C_in_group, C_out = shape
    taps = math.prod(kernel)
    fan_in, fan_out = taps * C_in_group, taps * C_out // groups
    if name == "he":
        return rng.normal(0.0, math.sqrt(2 / fan_in), shape)
    limit = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape)
