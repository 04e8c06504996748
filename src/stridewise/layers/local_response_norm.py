"""Local response normalisation as a layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks.local_response_norm import (
    local_response_norm,
    local_response_norm_backward,
)
from stridewise.layers.layer import Layer, LayerGradients, Shape

__all__ = ["LocalResponseNorm"]


@dataclass(eq=False)
class LocalResponseNorm(Layer):
    """Divide each channel by a power of what its neighbours say.

    Parameters
    ----------
    size, alpha, beta, k
        As in ``stridewise.local_response_norm``. The network of the paper (AlexNet) has
        ``size=5, alpha=5e-4, beta=0.75, k=2``, with ``alpha`` divided by ``size`` here.

    Examples
    --------
    >>> LocalResponseNorm(5).output_shape((8, 6, 16))
    (8, 6, 16)
    """

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        local_response_norm(np.zeros(1), **self.options)  # the block knows what it takes

    def output_shape(self, *inputs: Shape) -> Shape:
        """As it came."""
        return self.one_input(inputs)

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Divide; the cache is the input."""
        (x,) = inputs
        return local_response_norm(x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input."""
        return LayerGradients((local_response_norm_backward(grad_y, cache, **self.options),), {})
