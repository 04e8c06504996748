"""One spatial axis of a convolution or of its gradient by the input, in one form.

Output ``j`` at tap ``m`` meets input ``j·stride + base + m·step``, and weight
``first_weight + m·weight_step``; it is stored at ``first_output + j·output_step``.

The gradient by the input of a convolution with stride ``s`` falls into ``s`` *phases*: inputs
``i₀, i₀ + s, i₀ + 2s, …`` meet the same taps, those with ``k·dilation ≡ i₀ + before (mod s)``.
Each phase is a convolution of ``grad_y`` with stride 1 whose taps run backwards.

References
----------
V. Dumoulin, F. Visin, arXiv:1603.07285, section 4.6 (which fills the gaps with zeros instead).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from stridewise.geometry import Axis

__all__ = ["POINT", "AxisProblem", "forward", "phases"]


class AxisProblem(NamedTuple):
    """The integers of one axis."""

    size: int
    positions: int
    taps: int
    stride: int = 1
    base: int = 0
    step: int = 1
    first_weight: int = 0
    weight_step: int = 1
    first_output: int = 0
    output_step: int = 1

    @property
    def is_pointwise(self) -> bool:
        """Whether every output meets its own input and nothing else."""
        plain = self.stride == 1 and self.base == 0 and self.output_step == 1
        return plain and self.taps == 1 and self.positions == self.size


POINT = AxisProblem(1, 1, 1)


def forward(axis: Axis) -> AxisProblem:
    """The axis of a convolution."""
    return AxisProblem(
        axis.size, axis.positions, axis.kernel, axis.stride, -axis.before, axis.dilation
    )


def phases(axis: Axis) -> list[AxisProblem]:
    """The phases of its gradient by the input; some may have no taps.

    >>> axis = Axis(size=7, kernel=3, stride=2, before=1, after=1, dilation=1, positions=4)
    >>> [(phase.taps, phase.first_output, phase.output_step) for phase in phases(axis)]
    [(1, 0, 2), (2, 1, 2)]
    """
    common = math.gcd(axis.dilation, axis.stride)
    apart = axis.stride // common  # from one tap of a phase to the next
    found = []
    for first in range(min(axis.stride, axis.size)):
        positions = -(-(axis.size - first) // axis.stride)
        shifted = first + axis.before
        starts = (k for k in range(min(apart, axis.kernel)) if (shifted - k * axis.dilation) % axis.stride == 0)
        start = next(starts, None)
        if start is None:
            phase = AxisProblem(axis.positions, positions, 0)
        else:
            last = (axis.kernel - 1 - start) // apart
            met = (shifted - (start + last * apart) * axis.dilation) // axis.stride
            phase = AxisProblem(
                *(axis.positions, positions, last + 1, 1, met, axis.dilation // common),
                *(start + last * apart, -apart),
            )
        found.append(phase._replace(first_output=first, output_step=axis.stride))
    return found
