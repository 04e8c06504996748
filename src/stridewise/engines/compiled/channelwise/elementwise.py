"""Functions of each element alone, compiled: the arrays are seen as one long row."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.compiled.channelwise.rows import BLOCK, SERIAL_SIZE, is_streamed, write
from stridewise.engines.compiled.code.addresses import address_of
from stridewise.engines.compiled.code.compiler import SIGNATURE, kernel
from stridewise.engines.compiled.code.language import Kernel, Module, Value
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.running.outputs import empty
from stridewise.engines.compiled.running.plan import Plan

__all__ = ["add", "relu", "relu_grad"]

_PARAMETERS = ("size", "block")
# Vectors that are loaded before the first is stored.
_TOGETHER = 4
_RELU, _RELU_GRAD, _ADD = range(3)


def relu(x: Array) -> Array:
    """``x``, but 0 where it is below."""
    return _computed(_RELU, x, None)


def relu_grad(grad_y: Array, x: Array) -> Array:
    """``grad_y`` where ``x > 0``, else 0."""
    return _computed(_RELU_GRAD, grad_y, x)


def add(a: Array, b: Array) -> Array:
    """``a + b``."""
    return _computed(_ADD, a, b)


def _computed(operation: int, a: Array, b: Array | None) -> Array:
    y = empty(a.shape, a.dtype)
    if y.size:
        a = np.ascontiguousarray(a)
        b = None if b is None else np.ascontiguousarray(b)
        plan = _plan(operation, y.size, y.dtype.char)
        plan.run(address_of(a), address_of(b), address_of(y), 0)
    return y


@lru_cache(1024)
def _plan(operation: int, size: int, character: str) -> Plan:
    dtype = np.dtype(character)
    lanes = host().vector_bytes // dtype.itemsize
    streamed = int(is_streamed(size, dtype))
    native = kernel(build_elementwise, dtype.name, lanes, operation, streamed)
    values = {"size": size, "block": BLOCK}
    return Plan.of(native, _PARAMETERS, values, -(-size // BLOCK), 0, size > SERIAL_SIZE)


def build_elementwise(module: Module, lanes: int, operation: int, streamed: int) -> None:
    """Write the kernel of an operation; its items are blocks of elements."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, a, b, y, *rest):
        p = k.named(parameters, _PARAMETERS)

        def visit(at: Value, vectors: int, mask: Value | None = None) -> None:
            places = [at + vector * lanes for vector in range(vectors)]
            first = [(a + place).load(lanes, mask) for place in places]
            second = first
            if operation != _RELU:
                second = [(b + place).load(lanes, mask) for place in places]
            for place, one, other in zip(places, first, second, strict=True):
                write(y + place, _result(k, operation, one, other), mask, streamed)

        with k.loop(rest[-2], rest[-1]) as item:
            begin = item * p.block
            end = k.least(begin + p.block, p.size)
            together = _TOGETHER * lanes
            whole = end - (end - begin) % together
            with k.loop(begin, whole, together) as at:
                visit(at, _TOGETHER)
            with k.loop(whole, end, lanes) as at:
                visit(at, 1, k.lanes_below(end - at, lanes))
        if streamed:
            k.fence()


def _result(k: Kernel, operation: int, a: Value, b: Value) -> Value:
    """Of vectors; a NaN fails every comparison."""
    if operation == _ADD:
        return a + b
    return k.select(a <= 0, 0, a) if operation == _RELU else k.select(b > 0, a, 0)
