"""The largest value of a window, and its place: in registers, while the taps pass."""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir

from stridewise.engines.compiled.code.language import Kernel, Pointer, Value, Variable
from stridewise.engines.compiled.pooling.windows import Window, each_tap, tap_places

__all__ = ["first_winners", "window_maximum"]


def window_maximum(
    k: Kernel,
    p: Any,
    x: Pointer,
    window: Window,
    lanes: int,
    bits: int,
    mask: Value | None = None,
) -> tuple[list[Variable], list[Variable]]:
    """The largest value of each vector's channels and, with ``bits``, its place."""
    if window.kernel:
        return _unrolled(k, p, x, window, lanes, bits, mask)
    example = x + window.n * p.places * p.C
    vectors = range(len(window.channels))
    best = [k.variable(k.reals(-math.inf, lanes)) for _ in vectors]
    places: list[Variable] = []
    if bits:  # −∞ is not larger than −∞: the first tap wins from the start, if there is one
        depth, height, width = window.box.counts
        start = k.select(depth * height * width == 0, -1, window.box.place)
        places = [k.variable(_places(k, start, lanes, bits)) for _ in vectors]

    def visit(place: Value) -> None:
        pixel = example + place * p.C
        here = _places(k, place, lanes, bits) if bits else None
        for v in vectors:
            value, old = (pixel + window.channels[v]).load(lanes, mask), best[v].get()
            larger = Value(k, k.builder.fcmp_unordered(">", value.ir, old.ir))
            better = larger & (old == old)  # larger, or the first NaN
            best[v].set(k.select(better, value, old))
            if here is not None:
                places[v].set(k.select(better, here, places[v].get()))

    each_tap(k, p, window, visit)
    return best, places


def _unrolled(
    k: Kernel,
    p: Any,
    x: Pointer,
    window: Window,
    lanes: int,
    bits: int,
    mask: Value | None = None,
) -> tuple[list[Variable], list[Variable]]:
    """The same with all taps at once: no tap waits for the one before it."""
    taps = tap_places(p, window)
    first = x + (window.n * p.places + window.box.place) * p.C
    pixels = [first + tap * p.C for tap in taps]
    here = [_places(k, window.box.place + tap, lanes, bits) for tap in taps] if bits else []
    best: list[Variable] = []
    places: list[Variable] = []
    for c in window.channels:
        values = [(pixel + c).load(lanes, mask) for pixel in pixels]
        largest = _largest(k, values)
        best.append(k.variable(k.select(_any_nan(k, values), math.nan, largest)))
        if bits:
            chosen = here[-1]
            for value, place in zip(values[-2::-1], here[-2::-1], strict=True):
                chosen = k.select(value == largest, place, chosen)  # the first one is asked last
            places.append(k.variable(chosen))
            with k.when(k.any_nan(best[-1].get())):  # rare
                for value, place in zip(values[::-1], here[::-1], strict=True):
                    first = k.select(k.is_nan(value), place, places[-1].get())
                    places[-1].set(first)
    return best, places


def first_winners(k: Kernel, values: list[Value]) -> tuple[Value, list[Value]]:
    """The largest of several values, or NaN, and for each of them the lanes in which it wins.

    The first NaN wins, or else the first of the largest. No lane waits for a branch.
    """
    best, better = values[0], []
    for value in values[1:]:
        larger = Value(k, k.builder.fcmp_unordered(">", value.ir, best.ir))
        better.append(larger & (best == best))  # larger, or the first NaN
        best = k.select(better[-1], value, best)
    won: list[Value] = []
    lost = k.lanes_below(k.integer(0), best.ir.type.count)  # to a later value: nowhere yet
    for later in reversed(better):
        won.append(later & k.opposite(lost))
        lost = lost | later
    return best, [k.opposite(lost), *reversed(won)]


def _largest(k: Kernel, values: list[Value]) -> Value:
    """The largest of several; if one is not a number, any."""
    while len(values) > 1:  # `select` of this form is one instruction
        pairs = zip(values[::2], values[1::2], strict=False)
        odd = values[len(values) // 2 * 2 :]
        values = [k.select(a > b, a, b) for a, b in pairs] + odd
    return values[0]


def _any_nan(k: Kernel, values: list[Value]) -> Value:
    """Lanes in which one of several is not a number; two are asked at once."""
    partners = [*values[1::2], values[-1]]
    pairs = zip(values[::2], partners, strict=False)
    found = [Value(k, k.builder.fcmp_unordered("uno", a.ir, b.ir)) for a, b in pairs]
    while len(found) > 1:
        found = [a | b for a, b in zip(found[::2], found[1::2], strict=False)] + found[
            len(found) // 2 * 2 :
        ]
    return found[0]


def _places(k: Kernel, place: Value, lanes: int, bits: int) -> Value:
    return k.broadcast(k.converted(place, ir.IntType(bits)), lanes)
