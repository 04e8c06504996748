"""SciPy: correlation, a filter at a time, and the sliding maxima and means of ``ndimage``."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.benchmark.peers.peer import Peer, Rival
from stridewise.benchmark.problem import ConvProblem, PoolProblem

__all__ = ["SciPy"]

# Where one call takes seconds, there is nothing to compare.
_MOST_OPERATIONS = 400_000_000


class SciPy(Peer):
    """Forward only, one core, with stride 1 for convolutions.

    ``scipy.signal.correlate`` knows no channels: one call a filter, which it correlates with all
    examples, by whichever of its two methods it says is the faster. Inputs are padded before the
    clock starts.
    """

    name = "scipy"
    packages = ("scipy",)

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self._signal: Any = importlib.import_module("scipy.signal")
        self._ndimage: Any = importlib.import_module("scipy.ndimage")

    def convolution(self, problem: ConvProblem) -> Rival | None:
        """Run ``signal.correlate`` for every filter."""
        plain = set(problem.stride) == set(problem.dilation) == {1} and problem.groups == 1
        if not plain or problem.operations("forward") > _MOST_OPERATIONS:
            return None
        arrays = problem.arrays
        x = np.pad(arrays.x, ((0, 0), *problem.pads, (0, 0)))
        filters = [arrays.weight[None, ..., c_out] for c_out in range(problem.C_out)]
        method = self._signal.choose_conv_method(x, filters[0], mode="valid")
        correlate = self._signal.correlate

        def run() -> Array:
            maps = [correlate(x, each, mode="valid", method=method) for each in filters]
            return np.concatenate(maps, axis=-1) + arrays.bias

        return Rival(run, lambda y: (y,))

    def pooling(self, problem: PoolProblem) -> Rival | None:
        """Run ``ndimage.maximum_filter`` or ``uniform_filter``, and keep every stride-th."""
        # Its windows have their centre inside the image: output `start + k // 2`.
        kept = []
        for axis in problem.spec.axes:
            first = axis.kernel // 2 - axis.before
            last = first + (axis.positions - 1) * axis.stride
            if not 0 <= first <= last < axis.size:
                return None
            kept.append(slice(first, last + 1, axis.stride))
        x, size = problem.arrays.x, (1, *problem.kernel, 1)
        is_max = problem.pooling == "max"
        slide = self._ndimage.maximum_filter if is_max else self._ndimage.uniform_filter
        outside = -np.inf if is_max else 0.0

        def run() -> Array:
            found: Array = slide(x, size=size, mode="constant", cval=outside)
            return found[:, *kept]

        return Rival(run, lambda y: (y,))
