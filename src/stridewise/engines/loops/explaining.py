"""Say how a convolution is computed with loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.engines.explanation import Step
from stridewise.specs import ConvSpec

__all__ = ["explain"]


def explain(
    spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: np.dtype[Any]
) -> tuple[Step, ...]:
    """The three steps of a convolution of these sizes."""
    taps = math.prod(spec.kernel_size) * C_in // spec.groups
    multiply_adds = N * math.prod(spec.output_size) * taps * C_out
    padded = math.prod(axis.before + axis.size + axis.after for axis in spec.axes)
    return tuple(
        Step(
            name,
            "four nested loops",
            "the definition, as one writes it down",
            multiply_adds,
            N * padded * C_in * dtype.itemsize,
            None,
        )
        for name in ("forward", "gradient by x", "gradient by weight")
    )
