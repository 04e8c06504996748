"""Say how a convolution is computed with NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.engines.explanation import Step
from stridewise.engines.vectorized.depthwise import is_depthwise
from stridewise.engines.vectorized.tiles import TILE_BYTES
from stridewise.specs import ConvSpec

__all__ = ["explain"]


def explain(
    spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: np.dtype[Any]
) -> tuple[Step, ...]:
    """The three steps of a convolution of these sizes."""
    C_in_group = C_in // spec.groups
    positions = N * math.prod(spec.output_size)
    multiply_adds = positions * math.prod(spec.kernel_size) * C_in_group * C_out
    algorithm, reason = "matrix products, windows as rows", "several channels a group"
    if is_depthwise(spec, C_in_group, C_out):
        algorithm, reason = "tap by tap", "one input channel a group, and few filters"
    # A tile holds one position at the least, and its rows of the matrix beside its input.
    row = math.prod(spec.kernel_size) * C_in * dtype.itemsize
    workspace = 3 * max(TILE_BYTES, row)
    return tuple(
        Step(name, algorithm, reason, multiply_adds, workspace, None)
        for name in ("forward", "gradient by x", "gradient by weight")
    )
