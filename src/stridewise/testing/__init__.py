"""Checks for your own blocks and engines: gradients by differences, engines against each other."""

from stridewise.testing.agreement import EngineMismatchError, check_engines_agree
from stridewise.testing.gradients import (
    GradientMismatchError,
    check_gradients,
    numerical_gradient,
)

__all__ = [
    "EngineMismatchError",
    "GradientMismatchError",
    "check_engines_agree",
    "check_gradients",
    "numerical_gradient",
]
