"""The traces from which a probe's right windows are drawn, and where in them an element is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.exercises import asked
from stridewise.checker.replaying import replayed
from stridewise.checker.results import FirstWrong, Read
from stridewise.traces import Trace, record_conv2d, record_pool2d

__all__ = ["Spot", "right_part", "spot_of"]


@dataclass(frozen=True)
class Spot:
    """An element of a windowed function's result, in the trace of its example.

    Attributes
    ----------
    name : str
        Of the trace: the function, which of its probes, which example.
    trace : Trace
    images : str
        What the exercise calls the input.
    example, row, column, channel : int
        Of the output that is looked at.
    mode : "forward", "byInput" or "byWeight"
        What the explorer shows of the layer.
    input : int
        The input channel that it shows.
    """

    name: str
    trace: Trace
    images: str
    example: int
    row: int = 0
    column: int = 0
    channel: int = 0
    mode: str = "forward"
    input: int = 0

    @property
    def node(self) -> dict[str, Any]:
        """The trace's only layer."""
        found: dict[str, Any] = self.trace.document["nodes"][0]
        return found

    @property
    def value(self) -> float:
        """The right number."""
        y = self.trace.arrays[f"y/{self.node['name']}"]
        return float(y[self.row, self.column, self.channel])

    @property
    def bias(self) -> float:
        """The bias of its channel."""
        return float(self.trace.arrays[f"weight/{self.node['name']}/bias"][self.channel])

    @property
    def fragment(self) -> str:
        """The part of the explorer's address that opens it there."""
        state = {"layer": self.node["name"], "mode": self.mode, "output": self.channel}
        cell = f"{self.row},{self.column}"
        return urlencode({**state, "input": self.input, "cell": cell, "pinned": 1}, safe=",")

    def places(self) -> tuple[list[int], list[int]]:
        """The rows and the columns under the window; those of the padding lie outside."""
        window = self.node["window"]
        rows, columns = (
            [
                at * window["stride"][axis] + tap * window["dilation"][axis] - before
                for tap in range(window["kernel"][axis])
            ]
            for axis, (at, (before, _)) in enumerate(
                zip((self.row, self.column), window["padding"], strict=True)
            )
        )
        return rows, columns

    def is_over(self, row: int, column: int) -> bool:
        """Whether the window has this element of the input."""
        rows, columns = self.places()
        return row in rows and column in columns

    def window(self) -> Read:
        """The right window, as one that was read."""
        rows, columns = self.places()
        H, W, C = self.trace.arrays["y/x"].shape
        weight = self.trace.arrays.get(f"weight/{self.node['name']}/weight")
        channels = [self.channel] if weight is None else list(range(C))
        places = tuple(
            ((self.example * H + row) * W + column) * C + channel
            if 0 <= row < H and 0 <= column < W
            else -1
            for row in rows
            for column in columns
            for channel in channels
        )
        if weight is None:
            padding = -math.inf if self.node["window"]["type"] == "max" else 0.0
            return Read((len(rows), len(columns)), places, padding=padding)
        met = tuple(map(float, weight[..., self.channel].flat))
        return Read((len(rows), len(columns), C), places, met)


def right_part(function: str, found: FirstWrong) -> Array | None:
    """The right one of the results that is wrong, if it is an array that has the element."""
    question = asked(function, found.input)
    names = question.part.recipe.results if question else ()
    if question is None or found.result not in names:
        return None
    right = replayed(question.part, (), question.within).value
    chosen = right[names.index(found.result)] if len(names) > 1 else right
    if isinstance(chosen, tuple):  # a cache
        return None
    part = np.asarray(chosen)
    if found.index is None:
        return part
    fits = len(found.index) == part.ndim and all(
        0 <= at < size for at, size in zip(found.index, part.shape, strict=True)
    )
    return part if fits else None


def spot_of(function: str, found: FirstWrong) -> Spot | None:
    """Where an element is in a trace of one example; None if it is in none.

    So it is with functions that slide no window, with elements that no window has, and with the
    gradients of weights if they are sums over several examples.
    """
    question = asked(function, found.input)
    known = question is not None and (question.exercise, function) in _RECORDERS
    if question is None or not known or right_part(function, found) is None:
        return None
    example, row, column, channel = found.index or (0,) * 4
    if found.result in ("dW", "db"):
        examples = question.part.probes[question.within].arguments[0].shape[0]
        if examples > 1:
            return None
        example = 0
    is_course = question.exercise == "course"
    named = "" if is_course else f"{question.exercise}-"
    name = f"{named}{function}-{question.number}-{example}"
    trace = _recorded(function, found.input, example)
    spot = Spot(name, trace, "A_prev" if is_course else "X", example)
    if found.result in ("dW", "db"):
        return replace(spot, channel=channel, mode="byWeight", input=column)
    if found.result in ("dA_prev", "dX"):
        return _reaching(replace(spot, mode="byInput", input=channel), row, column)
    return replace(spot, row=row, column=column, channel=channel)


def _reaching(spot: Spot, row: int, column: int) -> Spot | None:
    """Look at the first output whose window has this element of the input."""
    rows, columns, _ = spot.trace.document["tensors"][spot.node["name"]]
    is_pooling = spot.node["window"]["type"] != "convolution"
    spot = replace(spot, channel=spot.input if is_pooling else 0)
    tried = (replace(spot, row=h, column=w) for h, w in np.ndindex(rows, columns))
    return next((each for each in tried if each.is_over(row, column)), None)


@cache
def _recorded(function: str, words: str, example: int) -> Trace:
    question = asked(function, words)
    assert question is not None, words  # it has been found before
    record = _RECORDERS[question.exercise, function]
    probe = question.part.probes[question.within]
    return record(probe.arguments, probe.keywords, slice(example, example + 1))


def _single_step(arguments: Any, _: Mapping[str, Any], _one: slice) -> Trace:
    a_slice, W, b = arguments
    if a_slice.ndim == 2:  # without channels
        a_slice, W = a_slice[..., None], W[..., None]
    return record_conv2d(a_slice[None], W[..., None], np.ravel(b))


def _convolved(A_prev: Array, W: Array, b: Array, stride: int, pad: int, dZ: Any = None) -> Trace:
    return record_conv2d(A_prev, W, b.ravel(), grad_y=dZ, stride=stride, padding=pad)


def _conv_forward(arguments: Any, _: Mapping[str, Any], one: slice) -> Trace:
    A_prev, W, b, hparameters = arguments
    return _convolved(A_prev[one], W, b, hparameters["stride"], hparameters["pad"])


def _conv_backward(arguments: Any, _: Mapping[str, Any], one: slice) -> Trace:
    dZ, (A_prev, W, b, hparameters) = arguments
    return _convolved(A_prev[one], W, b, hparameters["stride"], hparameters["pad"], dZ[one])


def _pool_forward(arguments: Any, keywords: Mapping[str, Any], one: slice) -> Trace:
    A_prev, hparameters = arguments
    f, stride = hparameters["f"], hparameters["stride"]
    return record_pool2d(A_prev[one], f, kind=keywords["mode"], stride=stride)


def _pool_backward(arguments: Any, keywords: Mapping[str, Any], one: slice) -> Trace:
    dA, (A_prev, hparameters) = arguments
    f, stride = hparameters["f"], hparameters["stride"]
    return record_pool2d(A_prev[one], f, kind=keywords["mode"], grad_y=dA[one], stride=stride)


def _compact_forward(arguments: Any, _: Mapping[str, Any], one: slice) -> Trace:
    X, W, b, pad, stride, f, mode = arguments
    if mode == "conv":
        return _convolved(X[one], W, b, stride, pad)
    kind = {"maxpool": "max", "avepool": "average"}[mode]
    return record_pool2d(X[one], f, kind=kind, stride=stride, padding=pad)


def _compact_backward(arguments: Any, _: Mapping[str, Any], one: slice) -> Trace:
    dZ, (X, W, b, pad, stride, _f) = arguments
    return _convolved(X[one], W, b, stride, pad, dZ[one])


def _compact_pool_backward(arguments: Any, _: Mapping[str, Any], one: slice) -> Trace:
    dA, (X, _W, _b, pad, stride, f), mode = arguments
    return record_pool2d(X[one], f, kind=mode, grad_y=dA[one], stride=stride, padding=pad)


_RECORDERS: dict[tuple[str, str], Callable[[Any, Mapping[str, Any], slice], Trace]] = {
    ("course", "conv_single_step"): _single_step,
    ("course", "conv_forward"): _conv_forward,
    ("course", "conv_backward"): _conv_backward,
    ("course", "pool_forward"): _pool_forward,
    ("course", "pool_backward"): _pool_backward,
    ("compact", "conv_slice"): _single_step,
    ("compact", "forward"): _compact_forward,
    ("compact", "backward"): _compact_backward,
    ("compact", "pool_backward"): _compact_pool_backward,
}
