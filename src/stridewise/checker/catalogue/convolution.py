"""``conv_forward`` and ``conv_backward``, right and wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.catalogue.cropping import CROPPING, CROPS
from stridewise.checker.catalogue.padding import padded
from stridewise.checker.catalogue.recipe import Deviation, Recipe, Step
from stridewise.checker.catalogue.single_step import STEPS, WITHIN
from stridewise.checker.catalogue.windows import (
    PADDED_SIZES,
    PLACES,
    SIZES,
    UNPADDED_SIZES,
    WINDOWS,
)

__all__ = ["CONV_BACKWARD", "CONV_FORWARD", "EXAMPLES", "EXAMPLES_WRONG", "add", "assign"]

Cache = tuple[Array, Array, Array, dict[str, int]]

EXAMPLES: dict[str, Step] = {
    "example": lambda a, i: a[i],
    "count": lambda m: m,
}
EXAMPLES_WRONG = (
    Deviation("first-example-only", {"example": lambda a, _i: a[0]}),
    # What a `return` within the loop leaves of the other examples is zero.
    Deviation("returns-inside-loop", {"count": lambda m: min(m, 1)}),
)


def _forward(
    steps: Any, A_prev: Array, W: Array, b: Array, hparameters: dict[str, int]
) -> tuple[Array, Cache]:
    stride, pad = hparameters["stride"], hparameters["pad"]
    f, C = W.shape[0], W.shape[3]
    A_pad = steps.pad(A_prev, pad)
    n_H, n_W = steps.sizes(*A_prev.shape[1:3], f, pad, stride)
    Z = np.zeros((len(A_prev), n_H, n_W, C))
    for i in range(steps.count(len(A_prev))):
        a = steps.example(A_pad, i)
        for h, w, c in np.ndindex(n_H, n_W, C):
            a_slice = steps.take(a, *steps.starts(h, w, stride, f), f)
            products = steps.multiply(a_slice, steps.filter(W, c))
            steps.put(Z[i], h, w, c, steps.combine(products, steps.bias(b, c)))
    return steps.finish(Z), steps.cache(A_prev, W, b, hparameters, A_pad)


def _reshaped(Z: Array) -> Array:
    m, n_H, n_W, C = Z.shape
    return Z.reshape(m, n_W, n_H, C)


# Where windows and filters are flattened, each has its own order.
_FLATTENED: tuple[dict[str, Step], ...] = (
    {"multiply": lambda a_slice, W: a_slice * np.moveaxis(W.reshape(W.shape[::-1]), 0, 2)},
    {"multiply": lambda a_slice, W: a_slice * np.moveaxis(W, 2, 0).reshape(W.shape)},
    {"multiply": lambda a_slice, W: a_slice * W.ravel(order="F").reshape(W.shape)},
    {"filter": lambda W, c: W.reshape(W.shape[3], -1)[c].reshape(W.shape[:3])},
)


CONV_FORWARD = Recipe(
    "conv_forward",
    ("Z", "cache"),
    _forward,
    {
        **WINDOWS,
        **STEPS,
        **EXAMPLES,
        "pad": padded,
        "filter": lambda W, c: W[..., c],
        "bias": lambda b, c: b[..., c],
        "finish": lambda Z: Z,
        "cache": lambda A_prev, W, b, hparameters, _A_pad: (A_prev, W, b, hparameters),
    },
    (
        *WITHIN,
        *SIZES,
        *PADDED_SIZES,
        *PLACES,
        *EXAMPLES_WRONG,
        Deviation("pad-ignored", {"pad": lambda A_prev, _pad: A_prev}),
        Deviation("pad-ignored", {"pad": lambda A_prev, _pad: A_prev} | UNPADDED_SIZES),
        Deviation("first-filter-only", {"filter": lambda W, _c: W[..., 0]}),
        Deviation("first-bias-only", {"bias": lambda b, _c: b[..., 0]}),
        Deviation("cache-padded", {"cache": lambda _A, W, b, hp, A_pad: (A_pad, W, b, hp)}),
        Deviation("axes-swapped", {"finish": _reshaped}),
        Deviation("axes-swapped", {"finish": lambda Z: Z.swapaxes(1, 2)}),
        *(Deviation("flattened-differently", steps) for steps in _FLATTENED),
    ),
)


def _backward(steps: Any, dZ: Array, cache: Cache) -> tuple[Array, Array, Array]:
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    dA_prev, dW, db = np.zeros(A_prev.shape), np.zeros(W.shape), np.zeros(b.shape)
    A_pad, dA_pad = padded(A_prev, pad), padded(dA_prev, pad)
    for i in range(steps.count(len(A_prev))):
        a = steps.example(steps.source(A_pad, A_prev), i)
        gradient = steps.gradient(dZ, i)
        for h, w, c in np.ndindex(*dZ.shape[1:]):
            top, left = steps.starts(h, w, stride, f)
            a_slice = steps.take(a, top, left, f)
            dz = gradient[h, w, c]
            filtered = steps.filter(W, c)
            part = steps.da(filtered, a_slice) * dz
            steps.add_a(steps.take(dA_pad[i], top, left, f), part, c)
            steps.add_w(dW[..., c], steps.dw(a_slice, filtered) * dz)
            steps.add_b(db[..., c], dz)
        dA_prev[i] = steps.crop(dA_pad[i], pad, *A_prev.shape[1:3])
    whole = steps.whole(dA_prev, dA_pad, pad)
    found: tuple[Array, Array, Array] = steps.finish(whole, dW, steps.db(db, dZ), len(A_prev))
    return found


def add(target: Array, part: Any, _c: int = 0) -> None:
    """Windows that overlap give their parts to the same elements."""
    target += part


def assign(target: Array, part: Any, _c: int = 0) -> None:
    """What comes last stands there, instead of the sum."""
    target[...] = part


def _assign_of_all_filters(target: Array, part: Any, c: int) -> None:
    target[...] = part if c == 0 else target + part


def _add_in_the_corner(target: Array, part: Array) -> None:
    target[: part.shape[0], : part.shape[1]] += part


def _scaled(a: bool, w: bool, b: bool) -> dict[str, Step]:
    def finish(dA: Array, dW: Array, db: Array, m: int) -> tuple[Array, Array, Array]:
        return dA / m**a, dW / m**w, db / m**b

    return {"finish": finish}


def _turned(part: int, turn: Step) -> dict[str, Step]:
    def finish(*gradients: Any) -> tuple[Any, ...]:
        return tuple(turn(g) if at == part else g for at, g in enumerate(gradients[:3]))

    return {"finish": finish}


CONV_BACKWARD = Recipe(
    "conv_backward",
    ("dA_prev", "dW", "db"),
    _backward,
    {
        "starts": WINDOWS["starts"],
        "take": WINDOWS["take"],
        **EXAMPLES,
        "gradient": lambda dZ, i: dZ[i],
        "source": lambda A_pad, _A_prev: A_pad,
        "filter": lambda W, c: W[..., c],
        "da": lambda W_c, _a_slice: W_c,
        "dw": lambda a_slice, _W_c: a_slice,
        "add_a": add,
        "add_w": add,
        "add_b": add,
        **CROPPING,
        "db": lambda db, _dZ: db,
        "finish": lambda dA, dW, db, _m: (dA, dW, db),
    },
    (
        *PLACES,
        *EXAMPLES_WRONG,
        *CROPS,
        Deviation("first-example-only", {"gradient": lambda dZ, _i: dZ[0]}),
        Deviation(
            "first-example-only",
            {"example": lambda a, _i: a[0], "gradient": lambda dZ, _i: dZ[0]},
        ),
        Deviation("assigns-not-adds", {"add_a": assign}),
        Deviation("assigns-not-adds", {"add_a": _assign_of_all_filters}),
        Deviation("assigns-not-adds", {"add_w": assign}),
        Deviation("assigns-not-adds", {"add_b": assign}),
        Deviation("assigns-not-adds", dict.fromkeys(("add_w", "add_b"), assign)),
        Deviation("assigns-not-adds", dict.fromkeys(("add_a", "add_w", "add_b"), assign)),
        Deviation("dw-from-unpadded", {"source": lambda _A_pad, A_prev: A_prev}),
        Deviation(
            "dw-from-unpadded",
            {"source": lambda _A_pad, A_prev: A_prev, "add_w": _add_in_the_corner},
        ),
        Deviation("dw-uses-weights", {"dw": lambda _a_slice, W_c: W_c}),
        Deviation("da-uses-input", {"da": lambda _W_c, a_slice: a_slice}),
        Deviation("weights-flipped-in-da", {"da": lambda W_c, _a: W_c[::-1, ::-1]}),
        Deviation("first-filter-only", {"filter": lambda W, _c: W[..., 0]}),
        Deviation("divides-by-m", _scaled(False, True, True)),
        Deviation("divides-by-m", _scaled(False, True, False)),
        Deviation("divides-by-m", _scaled(False, False, True)),
        Deviation("divides-by-m", _scaled(True, True, True)),
        Deviation("db-missing-axis", {"db": lambda _db, dZ: dZ.sum(axis=0)}),
        Deviation("db-missing-axis", {"db": lambda _db, dZ: dZ.sum(axis=0, keepdims=True)}),
        Deviation("db-missing-axis", {"db": lambda _db, dZ: dZ.sum(axis=(0, 1))}),
        Deviation("db-missing-axis", {"db": lambda _db, dZ: dZ.sum(axis=(1, 2))}),
        Deviation("db-missing-axis", {"db": lambda _db, dZ: dZ.sum(axis=(0, 1, 2))}),
        Deviation("db-missing-axis", {"db": lambda _db, dZ: dZ.sum(axis=(1, 2), keepdims=True)}),
        Deviation("db-missing-axis", {"db": lambda _db, dZ: dZ.sum()}),
        Deviation("gradient-transposed", _turned(0, lambda g: g.transpose(0, 2, 1, 3))),
        Deviation("gradient-transposed", _turned(0, lambda g: g[..., ::-1])),
        Deviation("gradient-transposed", _turned(0, lambda g: g[:, ::-1, ::-1])),
        Deviation("gradient-transposed", _turned(1, lambda g: g.transpose(1, 0, 2, 3))),
        Deviation("gradient-transposed", _turned(1, lambda g: g.transpose(0, 1, 3, 2))),
        Deviation("gradient-transposed", _turned(1, lambda g: g[..., ::-1])),
        Deviation("gradient-transposed", _turned(1, lambda g: g[:, :, ::-1])),
    ),
)
