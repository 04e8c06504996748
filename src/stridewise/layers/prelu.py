"""The rectifier whose slopes are learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks.elementwise import real_option
from stridewise.blocks.rectifiers import prelu, prelu_backward
from stridewise.layers.layer import Layer, LayerGradients, Shape

__all__ = ["PReLU"]


@dataclass(eq=False)
class PReLU(Layer):
    """Rectify, with a learned slope on the left side for each channel.

    Parameters
    ----------
    slope : float
        What each slope begins with.

    Examples
    --------
    >>> PReLU().parameter_shapes((8, 6, 16))
    {'weight': (16,)}
    """

    slope: float = 0.25

    def __post_init__(self) -> None:
        super().__post_init__()
        real_option(self.kind, "slope", self.slope, np.zeros(0, np.float32))

    def output_shape(self, *inputs: Shape) -> Shape:
        """As it came."""
        return self.one_input(inputs)

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """One slope a channel."""
        return {"weight": self.one_input(inputs)[-1:]}

    def initial(self, name: str, shape: Shape, rng: np.random.Generator) -> Array:
        """All slopes alike."""
        return np.full(shape, float(self.slope))

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Rectify; the cache is the input."""
        (x,) = inputs
        return prelu(x, self.parameters["weight"]), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradients by input and slopes."""
        gradients = prelu_backward(grad_y, cache, self.parameters["weight"])
        return LayerGradients((gradients.x,), {"weight": gradients.weight})
