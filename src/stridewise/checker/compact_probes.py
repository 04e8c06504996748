"""What each function of the compact variant is asked: the course's questions, and padded pooling.

Where maxima are sought, whole windows are negative, so that a frame of zeros would win.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.probes import Probe, numbers, outputs, probes

__all__ = ["COMPACT_HELPERS", "compact_probes"]

# Whom a function calls, if it is written as the variant has it.
COMPACT_HELPERS: Mapping[str, tuple[str, ...]] = {
    "forward": ("padding", "conv_slice"),
    "backward": ("padding",),
    "pool_backward": ("padding", "max_mask", "distribute_value"),
}


def compact_probes(function: str) -> tuple[tuple[Probe, ...], ...]:
    """The calls of a function of the compact variant: those of each of its recipes.

    >>> [len(asked) for asked in compact_probes("forward")]
    [8, 5, 5]
    """
    return _PROBES[function]


def _padding() -> tuple[Probe, ...]:
    cases = [((4,), 1, 1.5), ((3, 4), 2, 0), ((2, 3, 2), 1, -0.5), ((3, 4, 2), 2, 0)]
    cases += [((2, 3, 4, 2), 1, 0), ((2, 4, 3, 3), 2, 2.5), ((3,), 0, 1)]
    cases += [((5,), 2, 0), ((2, 3), 1, -3.0)]
    return tuple(
        Probe(
            f"X {shape}, pad = {pad}, dims = {len(shape)}, const = {const}",
            (numbers(n, *shape), pad, len(shape), const),
        )
        for n, (shape, pad, const) in enumerate(cases)
    )


def _slice() -> tuple[Probe, ...]:
    made = []
    for n, shape in enumerate([(2, 2), (2, 2, 2), (3, 3, 1), (2, 2, 3)]):
        X_slice, W, b = numbers(n, *shape), numbers(n + 10, *shape), np.float64(0.75 - 3 * n)
        made.append(Probe(f"X_slice {shape}, W {shape}, b = {b}", (X_slice, W, b)))
    return tuple(made)


def _convolution() -> tuple[Probe, ...]:
    made = []
    for probe in probes("conv_forward"):
        X, W, b, options = probe.arguments
        pad, stride, f = options["pad"], options["stride"], len(W)
        words = f"X {X.shape}, W {W.shape}, pad = {pad}, stride = {stride}, f = {f}, mode = 'conv'"
        made.append(Probe(words, (X, W, b, pad, stride, f, "conv")))
    return tuple(made)


def _backward() -> tuple[Probe, ...]:
    made = []
    for probe in probes("conv_backward"):
        dZ, (X, W, b, options) = probe.arguments
        pad, stride, f = options["pad"], options["stride"], len(W)
        words = f"dZ {dZ.shape}, X {X.shape}, W {W.shape}, pad = {pad}, stride = {stride}, f = {f}"
        made.append(Probe(words, (dZ, (X, W, b, pad, stride, f))))
    return tuple(made)


# Shape of X, f, stride, pad.
_POOLINGS = (
    ((1, 3, 4, 1), 2, 1, 0),
    ((2, 4, 5, 2), 3, 1, 1),
    ((2, 5, 7, 2), 3, 2, 2),
    ((2, 5, 8, 3), 2, 3, 1),
    ((6, 4, 5, 2), 2, 2, 0),
)


def _filters(n: int) -> tuple[Array, Array]:
    """Filters and biases, which pooling does not look at; there are not as many as channels."""
    shape, f, _, _ = _POOLINGS[n]
    return numbers(n + 30, f, f, shape[3], 4), numbers(n + 60, 1, 1, 1, 4)


def _pooling(mode: str) -> tuple[Probe, ...]:
    made = []
    for n, (shape, f, stride, pad) in enumerate(_POOLINGS):
        X = numbers(n, *shape) - 2.0 * n * n
        words = f"X {shape}, pad = {pad}, stride = {stride}, f = {f}, mode = {mode!r}"
        made.append(Probe(words, (X, *_filters(n), pad, stride, f, mode)))
    return tuple(made)


def _pool_backward() -> tuple[Probe, ...]:
    made = []
    for n, (shape, f, stride, pad) in enumerate(_POOLINGS):
        m, *sides, C = shape
        dA = numbers(n + 90, m, *outputs(sides, f, pad, stride), C)
        # The last of them with ties.
        X = numbers(n, *shape) - 2.0 * n * n if n + 1 < len(_POOLINGS) else _few_numbers(shape)
        for mode in ("max", "average"):
            words = f"dA {dA.shape}, X {shape}, pad = {pad}, stride = {stride}, f = {f}"
            cached = (X, *_filters(n), pad, stride, f)
            made.append(Probe(f"{words}, mode = {mode!r}", (dA, cached, mode)))
    return tuple(made)


def _few_numbers(shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(5).integers(-2, 2, shape).astype(float)


_PROBES: Mapping[str, tuple[tuple[Probe, ...], ...]] = {
    "padding": (_padding(),),
    "conv_slice": (_slice(),),
    "forward": (_convolution(), _pooling("maxpool"), _pooling("avepool")),
    "backward": (_backward(),),
    "max_mask": (probes("create_mask_from_window"),),
    "distribute_value": (probes("distribute_value"),),
    "pool_backward": (_pool_backward(),),
}
