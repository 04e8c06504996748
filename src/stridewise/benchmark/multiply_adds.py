"""The peak of this machine: multiply-adds in registers, which neither wait nor touch memory."""

from __future__ import annotations

import ctypes

import numpy as np

from stridewise.benchmark.threads import team
from stridewise.benchmark.timing import least_seconds
from stridewise.engines.compiled.code.compiler import SIGNATURE, kernel
from stridewise.engines.compiled.code.language import Module
from stridewise.engines.compiled.code.target import host

__all__ = ["build_multiply_adds", "fma_rate"]

# Sums that do not wait for one another: more than any processor has in flight, and few enough
# for 16 registers.
_SUMS = 12
_ENOUGH = 0.02


def fma_rate(threads: int, attempts: int = 7, enough: float = _ENOUGH) -> float:
    """Operations a second of multiply-adds that neither wait nor touch memory."""
    native = kernel(build_multiply_adds, "float32", _SUMS)
    lanes = host().vector_bytes // 4
    rounds = (ctypes.c_int64 * 1)(1_000)
    ones = np.ones(lanes, np.float32)
    found = np.empty((threads, lanes), np.float32)
    arguments = (ctypes.addressof(rounds), ones.ctypes.data, 0, 0, found.ctypes.data, 0, 0)
    with team(threads) as pool:

        def once() -> None:
            list(pool.map(lambda item: native.call(*arguments, item, item + 1), range(threads)))

        while (taken := least_seconds(once, 2)) < enough:
            rounds[0] = int(rounds[0] * min(max(1.2 * enough / taken, 1.5), 100))
        return 2 * lanes * _SUMS * rounds[0] * threads / least_seconds(once, attempts)


def build_multiply_adds(module: Module, sums: int) -> None:
    """Write the kernel: ``sum[i] = sum[i] · a + a``, for each item as often as a parameter says."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, a, _b, _c, d, *rest):
        *_, first, last = rest
        lanes = module.lanes
        factor = a.load(lanes)  # from memory, so that no compiler knows that it is 1
        with k.loop(first, last) as item:
            running = [k.variable(k.reals(float(number), lanes)) for number in range(sums)]
            with k.loop(0, parameters[0]):
                for each in running:
                    each.set(k.multiply_add(each.get(), factor, factor))
            total = running[0].get()
            for each in running[1:]:
                total = total + each.get()
            (d + item * lanes).store(total)
