"""JAX: compiled by XLA for the problem's sizes, channels last as its arrays lie."""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.benchmark.peers.peer import Peer, Rival
from stridewise.benchmark.problem import ConvProblem, PoolProblem, Problem

__all__ = ["Jax"]

_LAYOUTS = {
    1: ("NWC", "WIO", "NWC"),
    2: ("NHWC", "HWIO", "NHWC"),
    3: ("NDHWC", "DHWIO", "NDHWC"),
}
_THREADS = "NPROC"


class Jax(Peer):
    """``jit`` of an operation, and of the pullback that ``vjp`` gives for it."""

    name = "jax"
    packages = ("jax",)

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        # XLA reads it once, when its processor is first used.
        os.environ.setdefault(_THREADS, str(threads))
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        self._jax: Any = importlib.import_module("jax")

    def convolution(self, problem: ConvProblem) -> Rival:
        """Run ``conv_general_dilated``."""
        return self._forward(problem)

    def pooling(self, problem: PoolProblem) -> Rival:
        """Run ``reduce_window``."""
        return self._forward(problem)

    def backward(self, problem: Problem) -> Rival:
        """Run the pullback, for all inputs of the operation."""
        operation, inputs = self._operation(problem)

        def gradients(grad_y: Any, *inputs: Any) -> Any:
            return self._jax.vjp(operation, *inputs)[1](grad_y)

        given = (self._jax.device_put(problem.arrays.grad_y), *inputs)
        return self._rival(gradients, given, lambda found: tuple(map(np.asarray, found)))

    def _forward(self, problem: Problem) -> Rival:
        operation, inputs = self._operation(problem)
        return self._rival(operation, inputs, lambda found: (np.asarray(found),))

    def _rival(
        self,
        function: Callable[..., Any],
        inputs: tuple[Any, ...],
        read: Callable[[Any], tuple[Array, ...]],
    ) -> Rival:
        compiled = self._jax.jit(function)
        wait = self._jax.block_until_ready
        return Rival(lambda: wait(compiled(*inputs)), read)

    def _operation(self, problem: Problem) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The function of JAX's arrays, and the arrays."""
        put, arrays = self._jax.device_put, problem.arrays
        if isinstance(problem, PoolProblem):
            return partial(self._pool, problem), (put(arrays.x),)
        inputs = (put(arrays.x), put(arrays.weight), put(arrays.bias))
        return partial(self._convolve, problem), inputs

    def _convolve(self, problem: ConvProblem, x: Any, weight: Any, bias: Any) -> Any:
        y = self._jax.lax.conv_general_dilated(
            x,
            weight,
            window_strides=problem.stride,
            padding=problem.pads,
            rhs_dilation=problem.dilation,
            dimension_numbers=_LAYOUTS[problem.rank],
            feature_group_count=problem.groups,
        )
        return y + bias

    def _pool(self, problem: PoolProblem, x: Any) -> Any:
        lax = self._jax.lax
        start, combine = (-math.inf, lax.max) if problem.pooling == "max" else (0.0, lax.add)
        y = lax.reduce_window(
            x,
            start,
            combine,
            window_dimensions=(1, *problem.kernel, 1),
            window_strides=(1, *problem.stride, 1),
            padding=((0, 0), *problem.pads, (0, 0)),
        )
        return y if problem.pooling == "max" else y / math.prod(problem.kernel)
