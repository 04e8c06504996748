"""What each function of the course is asked, from small to large, to tell mistakes apart.

H ≠ W, stride ≠ f, sizes that do not divide, overlapping windows, pad 0, negative numbers, ties,
weights without symmetry, biases that are not zero; and whole results are compared, never means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from stridewise.arrays import Array

__all__ = ["HELPERS", "Probe", "numbers", "outputs", "probes"]

# Whom a function calls, if it is written as the exercise has it.
HELPERS: Mapping[str, tuple[str, ...]] = {
    "conv_forward": ("zero_pad", "conv_single_step"),
    "conv_backward": ("zero_pad",),
    "pool_backward": ("create_mask_from_window", "distribute_value"),
}


@dataclass(frozen=True)
class Probe:
    """One call: what is given, and how that is said.

    ``words`` are the exercise's names and numbers alone, so that they need no translation.
    """

    words: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any] = field(default_factory=dict)


@cache
def probes(function: str) -> tuple[Probe, ...]:
    """The calls of a function of the exercise.

    >>> [probe.words for probe in probes("distribute_value")][:2]
    ['dz = 2, shape = (2, 2)', 'dz = -3.0, shape = (2, 3)']
    """
    made: tuple[Probe, ...] = _PROBES[function]()
    return made


def numbers(seed: int, *shape: int) -> Array:
    """Numbers of both signs with few digits, no two alike."""
    rng = np.random.default_rng(seed)
    count = int(np.prod(shape))
    return (rng.permutation(2 * count)[:count] - 0.85 * count).reshape(shape) / 16


def _zero_pad() -> tuple[Probe, ...]:
    cases = [((2, 3, 4, 2), 1), ((2, 4, 3, 1), 2), ((1, 2, 3, 2), 0)]
    return tuple(
        Probe(f"X {shape}, pad = {pad}", (numbers(n, *shape), pad))
        for n, (shape, pad) in enumerate(cases)
    )


def _single_step() -> tuple[Probe, ...]:
    made = []
    for n, shape in enumerate([(2, 2, 2), (3, 3, 1), (2, 2, 3)]):
        a_slice, W = numbers(n, *shape), numbers(n + 10, *shape)
        b = -2.25 if n else 0.75  # results of both signs
        words = f"a_slice_prev {shape}, W {shape}, b (1, 1, 1) = {b}"
        made.append(Probe(words, (a_slice, W, np.full((1, 1, 1), b))))
    return tuple(made)


# Shape of A_prev, f, filters, stride, pad.
_CONVOLUTIONS = (
    ((1, 3, 4, 1), 2, 1, 1, 0),
    ((2, 5, 4, 2), 3, 2, 1, 1),
    ((2, 4, 6, 2), 2, 3, 2, 2),
    ((3, 6, 5, 2), 2, 2, 3, 0),
    ((2, 5, 8, 3), 3, 3, 2, 1),
    ((2, 8, 6, 1), 3, 2, 2, 0),
    # Without a border all windows fit, so that it is told by numbers from borders that are wrong;
    # then they do not, but with a border at the far side alone.
    ((1, 7, 12, 2), 2, 1, 5, 2),
    ((1, 6, 9, 1), 2, 1, 3, 2),
)


def _convolution(n: int) -> tuple[str, Array, Array, Array, dict[str, int]]:
    shape, f, filters, stride, pad = _CONVOLUTIONS[n]
    weights = (f, f, shape[3], filters)
    words = f"A_prev {shape}, W {weights}, stride = {stride}, pad = {pad}"
    b = numbers(n + 60, 1, 1, 1, filters) + 3
    return words, numbers(n, *shape), numbers(n + 30, *weights), b, {"stride": stride, "pad": pad}


def _conv_forward() -> tuple[Probe, ...]:
    made = []
    for n in range(len(_CONVOLUTIONS)):
        words, A_prev, W, b, hparameters = _convolution(n)
        made.append(Probe(words, (A_prev, W, b, hparameters)))
    return tuple(made)


def _conv_backward() -> tuple[Probe, ...]:
    made = []
    for n in range(len(_CONVOLUTIONS)):
        words, A_prev, W, b, hparameters = _convolution(n)
        m, *sides, _ = A_prev.shape
        rows, columns = outputs(sides, W.shape[0], hparameters["pad"], hparameters["stride"])
        dZ = numbers(n + 90, m, rows, columns, W.shape[3])
        made.append(Probe(f"dZ {dZ.shape}, {words}", (dZ, (A_prev, W, b, hparameters))))
    return tuple(made)


def outputs(sides: Sequence[int], f: int, pad: int, stride: int) -> list[int]:
    """Rows and columns of what comes out."""
    return [(n + 2 * pad - f) // stride + 1 for n in sides]


# Shape of A_prev, f, stride.
_POOLINGS = (
    ((1, 3, 4, 1), 2, 1),
    ((2, 5, 7, 2), 3, 2),
    ((2, 6, 8, 2), 2, 3),
    ((3, 5, 6, 2), 2, 2),
    ((1, 4, 5, 1), 2, 2),
)
_MODES = ("max", "average")


def _pool_forward() -> tuple[Probe, ...]:
    # Some windows have no positive number.
    return tuple(
        Probe(
            f"A_prev {shape}, f = {f}, stride = {stride}, mode = {mode!r}",
            (numbers(n, *shape) - 0.5 * n * n, {"f": f, "stride": stride}),
            {"mode": mode},
        )
        for n, (shape, f, stride) in enumerate(_POOLINGS)
        for mode in _MODES
    )


def _pool_backward() -> tuple[Probe, ...]:
    made = []
    for n, (shape, f, stride) in enumerate(_POOLINGS):
        m, *sides, C = shape
        rows, columns = outputs(sides, f, 0, stride)
        dA = numbers(n + 90, m, rows, columns, C)
        for mode in _MODES:
            words = f"dA {dA.shape}, A_prev {shape}, f = {f}, stride = {stride}, mode = {mode!r}"
            cached = (numbers(n, *shape), {"f": f, "stride": stride})
            made.append(Probe(words, (dA, cached), {"mode": mode}))
    A_prev = np.random.default_rng(5).integers(-2, 2, (2, 4, 5, 1)).astype(float)
    words = "A_prev (2, 4, 5, 1) ∈ {-2, -1, 0, 1}, f = 2, stride = 2, mode = 'max'"
    cached = (A_prev, {"f": 2, "stride": 2})
    made.append(Probe(words, (numbers(99, 2, 2, 2, 1), cached), {"mode": "max"}))
    return tuple(made)


def _mask() -> tuple[Probe, ...]:
    windows = [
        [[1.5, -2.0, 0.25], [-4.0, 1.0, 0.5]],
        [[-1.0, -0.5], [-3.0, -2.0], [-0.75, -1.5]],
        [[0.0, 2.0], [2.0, 1.0]],
        [[3.0, 1.0, 3.0], [0.0, 3.0, -3.0]],
    ]
    return tuple(Probe(f"x = {window}", (np.array(window),)) for window in windows)


def _distribute() -> tuple[Probe, ...]:
    cases = [(2, (2, 2)), (-3.0, (2, 3)), (0.5, (4, 2)), (4.0, (3, 1))]
    return tuple(Probe(f"dz = {dz}, shape = {shape}", (dz, shape)) for dz, shape in cases)


_PROBES = {
    "zero_pad": _zero_pad,
    "conv_single_step": _single_step,
    "conv_forward": _conv_forward,
    "conv_backward": _conv_backward,
    "pool_forward": _pool_forward,
    "create_mask_from_window": _mask,
    "distribute_value": _distribute,
    "pool_backward": _pool_backward,
}
