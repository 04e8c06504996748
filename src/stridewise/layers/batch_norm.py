"""Batch normalisation with its own scale, shift and running statistics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.blocks.batch_norm import batch_norm_gradients
from stridewise.layers.layer import Layer, LayerGradients, Shape
from stridewise.options import require_number

__all__ = ["BatchNorm"]


class BatchNormCache(NamedTuple):
    """The input, the statistics that it met, and whether they are its own."""

    x: Array
    mean: Array
    variance: Array
    of_batch: bool


@dataclass(eq=False)
class BatchNorm(Layer):
    """Bring every channel to mean 0 and variance 1, then scale and shift it.

    In training with the statistics of the batch, else with running averages of them.

    Parameters
    ----------
    momentum : float
        What the running averages keep at each step; the batch gives the rest.
    epsilon : float
        Added to the variance.

    Notes
    -----
    The running variance takes the batch's with the sample's correction n / (n − 1), as in
    algorithm 2 of arXiv:1502.03167.

    Examples
    --------
    >>> BatchNorm().parameter_shapes((8, 6, 16))
    {'weight': (16,), 'bias': (16,)}
    """

    momentum: float = 0.9
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        super().__post_init__()
        require_number(self.kind, "momentum", self.momentum, below=1)
        require_number(self.kind, "epsilon", self.epsilon, below=1)

    def output_shape(self, *inputs: Shape) -> Shape:
        """As it came."""
        return self.one_input(inputs)

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Scale and shift, one number a channel."""
        channels = self.one_input(inputs)[-1:]
        return {"weight": channels, "bias": channels}

    def state_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Running statistics, one number a channel."""
        channels = self.one_input(inputs)[-1:]
        return {"mean": channels, "variance": channels}

    def initial(self, name: str, shape: Shape, rng: np.random.Generator) -> Array:
        """Begin as the identity."""
        return np.ones(shape) if name in ("weight", "variance") else np.zeros(shape)

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, BatchNormCache]:
        """Normalise; in training, move the running statistics too."""
        (x,) = inputs
        if training:
            mean, variance = blocks.batch_statistics(x)
            self._move(mean, variance, math.prod(x.shape[:-1]))
        else:
            # Copies: later training moves the state, and this output does not depend on it.
            mean, variance = self.state["mean"].copy(), self.state["variance"].copy()
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        y = blocks.batch_norm(x, weight, bias, mean=mean, variance=variance, epsilon=self.epsilon)
        return y, BatchNormCache(x, mean, variance, training)

    def _move(self, mean: Array, variance: Array, count: int) -> None:
        """Move the running statistics towards those of a batch of so many numbers a channel."""
        corrected = variance * (count / max(count - 1, 1))
        for running, batch in ((self.state["mean"], mean), (self.state["variance"], corrected)):
            running *= self.momentum
            running += ((1 - self.momentum) * batch).astype(running.dtype)

    def backward(self, grad_y: Array, cache: BatchNormCache) -> LayerGradients:
        """Gradients by input, scale and shift."""
        x, mean, variance, of_batch = cache
        weight = self.parameters["weight"]
        gradients = batch_norm_gradients(
            grad_y, x, weight, mean, variance, self.epsilon, of_batch=of_batch
        )
        return LayerGradients((gradients.x,), {"weight": gradients.weight, "bias": gradients.bias})
