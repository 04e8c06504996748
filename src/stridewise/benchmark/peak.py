"""What this machine can do at most: multiply-adds in registers, and bytes through memory.

Measured in the same run as everything else, because a machine that is shared, or warm, is
another machine than the one in its data sheet.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

import numpy as np

from stridewise.benchmark.threads import limited_to, team
from stridewise.benchmark.timing import least_seconds

__all__ = ["Peak", "bandwidth", "measure_peak", "sgemm_rate"]

_COPIED_BYTES = 128 * 2**20
_SGEMM_SIZE = 2048


@dataclass(frozen=True)
class Peak:
    """Rates of this machine: the best of several attempts.

    Attributes
    ----------
    fma_1, fma_all : float or None
        float32 operations a second in registers, on one thread and on all; a multiply-add is two.
        None without ``llvmlite``, which compiles the loop that measures it.
    bandwidth : float
        Bytes a second that a copy reads and writes together, on all threads.
    sgemm : float
        Operations a second of NumPy's product of two matrices.
    """

    fma_1: float | None
    fma_all: float | None
    bandwidth: float
    sgemm: float

    def best(self, other: Peak) -> Peak:
        """The higher of two measurements of each."""

        def higher(a: float | None, b: float | None) -> float | None:
            return None if a is None or b is None else max(a, b)

        return Peak(
            higher(self.fma_1, other.fma_1),
            higher(self.fma_all, other.fma_all),
            max(self.bandwidth, other.bandwidth),
            max(self.sgemm, other.sgemm),
        )


def measure_peak(threads: int, attempts: int = 7) -> Peak:
    """Measure all of it."""
    with limited_to(threads):
        sgemm = sgemm_rate(attempts)
    fma_1 = fma_all = None
    if importlib.util.find_spec("llvmlite") is not None:
        from stridewise.benchmark.multiply_adds import fma_rate  # which compiles

        fma_1 = fma_rate(1, attempts)
        fma_all = fma_rate(threads, attempts) if threads > 1 else fma_1
    return Peak(fma_1, fma_all, bandwidth(threads, attempts), sgemm)


def bandwidth(threads: int, attempts: int = 7, size: int = _COPIED_BYTES) -> float:
    """Bytes a second of a copy that no cache holds, read and written, on so many threads."""
    source = np.ones(size // 8)
    target = np.empty_like(source)
    parts = list(zip(np.array_split(target, threads), np.array_split(source, threads), strict=True))
    with team(threads) as pool:

        def copy() -> None:  # NumPy lets go of the GIL while it copies
            list(pool.map(lambda part: np.copyto(*part), parts))

        copy()
        return 2 * source.nbytes / least_seconds(copy, attempts)


def sgemm_rate(attempts: int = 7, size: int = _SGEMM_SIZE) -> float:
    """Operations a second of NumPy's product of two square float32 matrices."""
    a = np.random.default_rng(0).standard_normal((size, size), np.float32)
    out = np.empty_like(a)

    def multiply() -> None:
        np.matmul(a, a, out=out)

    multiply()
    return 2 * size**3 / least_seconds(multiply, attempts)
