"""Learning rates over the steps of a training: constant, step, cosine."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from stridewise.errors import OptionError, explain
from stridewise.options import require_choice

__all__ = [
    "SCHEDULES",
    "Schedule",
    "constant",
    "cosine",
    "make_schedule",
    "require_rate",
    "step_decay",
]

Schedule: TypeAlias = Callable[[int], float]


def constant(rate: float, total_steps: int = 0) -> Schedule:  # noqa: ARG001 - one form for all
    """Keep the rate, however many steps there are.

    Examples
    --------
    >>> constant(0.1)(99)
    0.1
    """
    require_rate(rate)
    return lambda step: rate  # noqa: ARG005 - the rate does not depend on it


def step_decay(rate: float, total_steps: int, factor: float = 0.1) -> Schedule:
    """Multiply the rate by ``factor`` after one half, and again after three quarters.

    References
    ----------
    K. He et al., arXiv:1512.03385, section 4.2.

    Examples
    --------
    >>> schedule = step_decay(1.0, total_steps=100)
    >>> schedule(49), schedule(50), round(schedule(75), 3)
    (1.0, 0.1, 0.01)
    """
    require_rate(rate)

    def at(step: int) -> float:
        return rate * factor ** ((step >= total_steps / 2) + (step >= total_steps * 3 / 4))

    return at


def cosine(rate: float, total_steps: int, warmup: float = 0.05) -> Schedule:
    """Rise linearly over the first ``warmup`` of the steps, then fall along half a cosine to 0.

    References
    ----------
    I. Loshchilov, F. Hutter, arXiv:1608.03983, equation 5, without restarts.

    Examples
    --------
    >>> schedule = cosine(1.0, total_steps=100, warmup=0.1)
    >>> schedule(0), schedule(10), round(schedule(55), 3)
    (0.1, 1.0, 0.5)
    """
    require_rate(rate)
    rising = max(round(warmup * total_steps), 1)

    def at(step: int) -> float:
        if step < rising:
            return rate * (step + 1) / rising
        through = (step - rising) / max(total_steps - rising, 1)
        return rate * 0.5 * (1 + math.cos(math.pi * min(through, 1.0)))

    return at


SCHEDULES: dict[str, Callable[[float, int], Schedule]] = {
    "constant": constant,
    "cosine": cosine,
    "step": step_decay,
}


def make_schedule(name: str, rate: float, total_steps: int) -> Schedule:
    """Make a schedule by its name.

    Examples
    --------
    >>> make_schedule("step", 0.5, total_steps=10)(0)
    0.5
    """
    require_choice("schedule", "there is none of that name.", name, SCHEDULES)
    return SCHEDULES[name](rate, total_steps)


def require_rate(rate: float) -> None:
    """Refuse a learning rate that is not a positive number."""
    is_number = isinstance(rate, int | float | np.number) and not isinstance(rate, bool)
    if not (is_number and rate > 0 and math.isfinite(rate)):
        raise OptionError(
            explain(
                "schedule",
                "the learning rate is not positive.",
                needed="a finite number > 0",
                received=f"rate={rate!r}",
                hint="0.001 for adam, 0.05 for sgd",
            )
        )
