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
    """The phases of its gradient by the input that have taps; elsewhere the gradient is 0.

    >>> axis = Axis(size=7, kernel=3, stride=2, before=1, after=1, dilation=1, positions=4)
    >>> [(phase.taps, phase.first_output, phase.output_step) for phase in phases(axis)]
    [(1, 0, 2), (2, 1, 2)]
    """
    common = math.gcd(axis.dilation, axis.stride)
    apart = axis.stride // common  # from one tap of a phase to the next
    found = []
    for start in range(min(apart, axis.kernel)):  # the first tap of a phase
        first = (start * axis.dilation - axis.before) % axis.stride
        if first >= axis.size:
            continue
        last = start + (axis.kernel - 1 - start) // apart * apart
        base = (first + axis.before - last * axis.dilation) // axis.stride
        found.append(
            AxisProblem(
                size=axis.positions,
                positions=-(-(axis.size - first) // axis.stride),
                taps=(last - start) // apart + 1,
                base=base,
                step=axis.dilation // common,
                first_weight=last,
                weight_step=-apart,
                first_output=first,
                output_step=axis.stride,
            )
        )
    return sorted(found, key=lambda phase: phase.first_output)
