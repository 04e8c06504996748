"""Activations as layers."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.errors import OptionError, explain, nearest
from stridewise.layers.layer import Layer, LayerGradients, Shape

__all__ = ["Activation"]

_FUNCTIONS = {
    "relu": (blocks.relu, blocks.relu_backward),
    "sigmoid": (blocks.sigmoid, blocks.sigmoid_backward),
    "softmax": (blocks.softmax, blocks.softmax_backward),
    "tanh": (blocks.tanh, blocks.tanh_backward),
}


@dataclass(eq=False)
class Activation(Layer):
    """Bend every number: relu, sigmoid, tanh; or turn channels into probabilities: softmax.

    Parameters
    ----------
    function : "relu", "sigmoid", "softmax" or "tanh"

    Examples
    --------
    >>> Activation("relu").forward(np.array([-1.0, 2.0]))[0]
    array([0., 2.])
    """

    function: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.function, str) or self.function not in _FUNCTIONS:
            raise OptionError(
                explain(
                    self.kind,
                    "there is no activation of that name.",
                    needed=" | ".join(map(repr, _FUNCTIONS)),
                    received=f"function={self.function!r}",
                    hint=nearest(self.function, _FUNCTIONS),
                )
            )

    def output_shape(self, *inputs: Shape) -> Shape:
        """As it came."""
        return self.one_input(inputs)

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Apply the function; the cache is the input."""
        (x,) = inputs
        return _FUNCTIONS[self.function][0](x), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input."""
        return LayerGradients((_FUNCTIONS[self.function][1](grad_y, cache),), {})
