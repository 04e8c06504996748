"""What the layers share that normalise each example alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import OptionError, OptionTypeError, explain
from stridewise.layers.layer import Layer, LayerGradients, Shape

__all__ = ["Normalisation", "require_trailing", "trailing_shape"]


@dataclass(eq=False)
class Normalisation(Layer):
    """A block that takes the layer's options, its scale and maybe its shift.

    A layer names the block's two directions, and gives the shapes of its parameters.
    """

    block: ClassVar[Callable[..., Array]]
    block_backward: ClassVar[Callable[..., Any]]

    def output_shape(self, *inputs: Shape) -> Shape:
        """As it came."""
        self.parameter_shapes(*inputs)
        return self.one_input(inputs)

    def initial(self, name: str, shape: Shape, rng: np.random.Generator) -> Array:
        """Begin with a scale of 1 and a shift of 0."""
        return np.ones(shape) if name == "weight" else np.zeros(shape)

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Normalise, in training as in inference; the cache is the input."""
        (x,) = inputs
        own = [self.parameters[name] for name in ("weight", "bias") if name in self.parameters]
        return type(self).block(x, *own, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradients by input and parameters."""
        weight = self.parameters["weight"]
        gradients = type(self).block_backward(grad_y, cache, weight, **self.options)
        named = {name: getattr(gradients, name) for name in self.parameters}
        return LayerGradients((gradients.x,), named)


def trailing_shape(kind: str, axis: int, shape: Shape) -> Shape:
    """``shape[axis:]``; refuses an axis that an example of this shape has not."""
    if axis < -len(shape):
        raise OptionError(
            explain(
                kind,
                "`axis` is not an axis of the input.",
                needed=f"-1 to {-len(shape)}" if shape else "an input with channels",
                received=f"axis={axis}, input shape {shape}",
                hint="axis=-1, the channels",
            )
        )
    return shape[axis:]


def require_trailing(kind: str, axis: object) -> None:
    """Refuse an axis that is not counted from the channels, and so might be the batch."""
    is_integer = isinstance(axis, int | np.integer) and not isinstance(axis, bool)
    if not is_integer or axis >= 0:  # type: ignore[operator]  # an integer, see above
        raise (OptionError if is_integer else OptionTypeError)(
            explain(
                kind,
                "`axis` does not count from the channels.",
                needed="-1 for the channels alone, -2 with the axis before them, …",
                received=f"axis={axis!r}",
                hint="axis=-1",
            )
        )
