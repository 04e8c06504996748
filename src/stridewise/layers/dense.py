"""The fully connected layer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.layers.initialisation import (
    Initialisation,
    initial_weights,
    require_initialisation,
)
from stridewise.layers.layer import Layer, LayerGradients, Shape
from stridewise.options import require_integer

__all__ = ["Dense"]


@dataclass(eq=False)
class Dense(Layer):
    """Connect every input feature with every output feature.

    Parameters
    ----------
    out_features : int
    bias : bool
        Whether a number is added to each output feature.
    initialisation : "he" or "glorot"
        How the weights are drawn; biases begin at 0.

    Examples
    --------
    >>> Dense(10).output_shape((64,))
    (10,)
    """

    out_features: int
    bias: bool = True
    initialisation: Initialisation = "glorot"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_integer(self.kind, "out_features", self.out_features, at_least=1)
        require_initialisation(self.kind, self.initialisation)

    def output_shape(self, *inputs: Shape) -> Shape:
        """(out_features,)."""
        return (*self.one_input(inputs, 0)[:-1], self.out_features)

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """One weight array, and one bias if asked for."""
        weight = (self.one_input(inputs, 0)[-1], self.out_features)
        return {"weight": weight, "bias": (self.out_features,)} if self.bias else {"weight": weight}

    def initial(self, name: str, shape: Shape, rng: np.random.Generator) -> Array:
        """Draw the weights; biases are zeros."""
        if name == "weight":
            return initial_weights(self.initialisation, shape, 1, rng)
        return np.zeros(shape)

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Multiply; the cache is the input."""
        (x,) = inputs
        return blocks.linear(x, self.parameters["weight"], self.parameters.get("bias")), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradients by input, weights and biases."""
        gradients = blocks.linear_backward(grad_y, cache, self.parameters["weight"])
        named = {"weight": gradients.weight, "bias": gradients.bias}
        return LayerGradients((gradients.x,), {name: named[name] for name in self.parameters})

    def multiply_adds(self, *inputs: Shape) -> int:
        """Every weight is used once."""
        return math.prod(self.parameter_shapes(*inputs)["weight"])
