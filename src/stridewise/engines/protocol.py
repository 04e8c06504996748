"""What an engine is: functions on validated arrays and a spec.

An engine gets arrays of one dtype (float32 or float64) whose shapes fit the spec; they may
be read-only and need not be contiguous, and it never writes to them. It raises only on
internal bugs. Shapes, for any number of spatial axes:

========  ==============================================
array     shape
========  ==============================================
x         (N, *input_size, C_in)
weight    (*kernel_size, C_in // groups, C_out)
bias      (C_out,) or None
y         (N, *output_size, C_out); C_in for pooling
========  ==============================================

Numbers of the channels, such as ``centre``, are arrays of shape (C,). A gradient has the shape of
the array whose name it carries.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.epilogue import Epilogue, Kept
from stridewise.engines.explanation import Step
from stridewise.specs import ConvSpec, PoolSpec

__all__ = ["Engine", "Ties"]

Ties: TypeAlias = Literal["first", "all"]


class Engine(Protocol):
    """Convolution, pooling, normalisation, their gradients; and what the engine says of itself.

    A module that defines them is an engine.
    """

    def conv(
        self,
        x: Array,
        weight: Array,
        bias: Array | None,
        spec: ConvSpec,
        epilogue: Epilogue | None = None,
        kept: Kept | None = None,
    ) -> Array:
        """Multiply each window by each filter, add up, add the bias; then do what else is asked.

        ``kept`` is a promise that weight and bias are the same in every call that gives the same
        ``kept``: the engine may leave there what it made of them.
        """
        ...

    def conv_grad_x(self, grad_y: Array, weight: Array, spec: ConvSpec) -> Array:
        """Scatter ``grad_y`` times the weights back into the input: transposed convolution."""
        ...

    def conv_grad_weight(self, grad_y: Array, x: Array, spec: ConvSpec) -> Array:
        """Gather ``grad_y`` times the windows, summed over examples and positions."""
        ...

    def channel_sums(self, x: Array) -> Array:
        """Sum over examples and positions, accumulated in float64, which it returns: (C,).

        Of ``grad_y``, that is the gradient of a convolution by its bias.
        """
        ...

    def channel_moments(self, x: Array) -> tuple[Array, Array]:
        """Mean and variance over examples and positions, in float64: two arrays of shape (C,).

        There is something to average; the variance is the mean squared deviation, never negative,
        and right where a square would be beyond float32.
        """
        ...

    def channel_products(self, grad_y: Array, x: Array, centre: Array) -> tuple[Array, Array]:
        """``Σ grad_y`` and ``Σ grad_y · (x − centre)`` over examples and positions, in float64."""
        ...

    def normalise(self, x: Array, centre: Array, scale: Array, shift: Array) -> Array:
        """``scale · (x − centre) + shift``, with numbers of each channel in the dtype of ``x``."""
        ...

    def normalise_grad(
        self, grad_y: Array, x: Array, centre: Array, scale: Array, slope: Array, shift: Array
    ) -> Array:
        """``scale · (grad_y + slope · (x − centre) + shift)``, with numbers as in ``normalise``.

        A product ``scale · slope`` would be beyond float32 where ``x`` hardly varies.
        """
        ...

    def relu(self, x: Array) -> Array:
        """0 where ``x`` is not above it, else ``x``; NaN stays NaN. Any shape."""
        ...

    def relu_grad(self, grad_y: Array, x: Array) -> Array:
        """``grad_y``, all bits of it, where ``x > 0``, else 0. Any shape, the same."""
        ...

    def add(self, a: Array, b: Array) -> Array:
        """Add element by element. Any shape, the same."""
        ...

    def max_pool(self, x: Array, spec: PoolSpec, *, indices: bool) -> tuple[Array, Array | None]:
        """Give the largest value of each window and, if asked, where it stands.

        An index is flat (row-major) in the example's spatial positions, int64; among equals the
        first wins, and a NaN wins over all numbers. A window that only meets padding, which
        dilation can make, gives −∞ and −1.
        """
        ...

    def max_pool_grad(self, grad_y: Array, x: Array, spec: PoolSpec, ties: Ties) -> Array:
        """Route each gradient to its window's first maximum, or to every maximum.

        A window with a NaN gives its gradient to the first NaN whatever ``ties`` says: NaNs are
        not equal to one another.
        """
        ...

    def avg_pool(self, x: Array, spec: PoolSpec) -> Array:
        """Mean of each window, divided by the taps that ``geometry.Axis.counted`` counts."""
        ...

    def avg_pool_grad(self, grad_y: Array, spec: PoolSpec) -> Array:
        """Spread each gradient evenly over the taps that its window averaged."""
        ...

    def explain(
        self, spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: np.dtype[Any]
    ) -> tuple[Step, ...]:
        """Say how the engine computes a convolution of these sizes; it computes nothing."""
        ...
