"""From a window to a number: the right way, or what was done instead."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.labels import label
from stridewise.checker.pictures.layout import values_of
from stridewise.checker.pictures.recording import Spot
from stridewise.checker.pictures.tables import number
from stridewise.checker.results import Read

__all__ = ["arithmetic"]

_NEAR = 1e-6


def arithmetic(read: Read, x: Array, spot: Spot, result: float, lang: str) -> str:
    """Say how a window gives a number; only that it does, if no way is known."""
    values = values_of(read, x).ravel()
    counted = values[~np.isnan(values)]
    for key, numbers, value in _ways(read, counted, spot) if counted.size else ():
        if math.isclose(value, result, rel_tol=_NEAR, abs_tol=_NEAR):
            said = {name: number(each) for name, each in numbers.items()}
            return label(key, lang, result=number(result), **said)
    return label("gives", lang, result=number(result))


def _ways(read: Read, values: Array, spot: Spot) -> Iterator[tuple[str, dict[str, float], float]]:
    """How numbers are made of a window: the right way, and what is done instead."""
    if spot.node["window"]["type"] != "convolution":
        most, mean = float(np.max(values)), float(np.mean(values))
        yield "largest", {}, most
        yield "mean", {"n": values.size}, mean
        yield "sum", {"n": values.size}, mean * values.size
        yield "largest or zero", {"most": most}, max(0.0, most)
        yield "nothing", {}, 0.0
    elif read.weights:
        n, b = values.size, spot.bias
        total = float(values @ np.array(read.weights))
        yield "sum and bias", {"sum": total, "bias": b}, total + b
        yield "sum alone", {"sum": total}, total
        yield "sum and biases", {"sum": total, "n": n, "bias": b}, total + n * b
        yield "sum and biases", {"sum": total, "n": 2, "bias": b}, total + 2 * b
        yield "mean and bias", {"sum": total, "n": n, "bias": b}, total / n + b
        yield "mean alone", {"sum": total, "n": n}, total / n
        for other in spot.trace.arrays[f"weight/{spot.node['name']}/bias"]:
            yield "sum and bias", {"sum": total, "bias": float(other)}, total + float(other)
