"""What a kernel needs besides arrays, worked out once for each problem."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from stridewise.engines.compiled.code.compiler import Native
from stridewise.engines.compiled.planning.axis_problem import AxisProblem
from stridewise.engines.compiled.running.scratch import borrow, give_back
from stridewise.engines.compiled.running.threads import run

__all__ = ["SERIAL_WORK", "Plan", "axis_values", "element_steps"]

# Below this many multiply-adds a second thread costs more than it brings.
SERIAL_WORK = 200_000


class Plan(NamedTuple):
    """A kernel, its parameters, how much there is to do, and the bytes that each thread needs.

    The items are stretches of equal length; ``costs`` says what an item of each costs.
    """

    native: Native
    address: int
    items: int
    scratch: int
    parallel: bool
    parameters: Any  # what is at the address
    costs: tuple[int, ...]

    @classmethod
    def of(
        cls,
        native: Native,
        names: Sequence[str],
        values: dict[str, int],
        items: int,
        own_bytes: int,
        parallel: bool,
        costs: tuple[int, ...] = (1,),
    ) -> Self:
        """Lay the parameters out in the order of their names."""
        parameters = (ctypes.c_int64 * len(names))(*(values[name] for name in names))
        address = ctypes.addressof(parameters)
        whole_lines = own_bytes + -own_bytes % 64
        return cls(native, address, items, whole_lines, parallel, parameters, costs)

    def workspace(self, threads: int) -> int:
        """Bytes that a call takes beside its arrays, at most."""
        return self.scratch * (min(threads, self.items) if self.parallel else 1)

    def run(self, a: int, b: int, c: int, d: int, e: int = 0) -> None:
        """Call the kernel with the addresses of its arrays."""
        if self.parallel:
            arrays = (self.address, a, b, c, d, e)
            run(self.native, self.items, self.costs, arrays, self.scratch)
        else:
            space = borrow("threads", self.scratch)
            self.native.call(self.address, a, b, c, d, e, space.address, 0, self.items)
            give_back("threads", space)


def element_steps(size: tuple[int, ...], channels: int) -> tuple[int, ...]:
    """How far neighbours on each spatial axis are apart in memory, in elements."""
    return tuple(math.prod(size[at + 1 :]) * channels for at in range(len(size)))


def axis_values(
    axes: Sequence[AxisProblem], x_steps: Sequence[int], y_steps: Sequence[int]
) -> dict[str, int]:
    """The integers of depth, height and width under the names that kernels use."""
    values: dict[str, int] = {}
    for name, axis, x_step, y_step in zip("dhw", axes, x_steps, y_steps, strict=True):
        values |= {
            f"{name}_size": axis.size,
            f"{name}_positions": axis.positions,
            f"{name}_taps": axis.taps,
            f"{name}_stride": axis.stride,
            f"{name}_base": axis.base,
            f"{name}_step": axis.step,
            f"{name}_x": x_step,
            f"{name}_y": y_step * axis.output_step,
        }
    return values
