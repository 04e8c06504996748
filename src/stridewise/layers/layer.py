"""What a layer is: parameters, and a forward that returns a cache for its backward."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from stridewise.arrays import Array
from stridewise.errors import NetworkError, explain

__all__ = ["Layer", "LayerGradients", "Shape", "Window"]

Shape: TypeAlias = tuple[int, ...]


class LayerGradients(NamedTuple):
    """What a layer's backward returns: one array an input, one array a parameter.

    An input that has no gradient, such as indices, has None.
    """

    inputs: tuple[Array | None, ...]
    parameters: dict[str, Array]


class Window(NamedTuple):
    """How far a layer looks: one number an axis, or nothing but the whole input."""

    kernel_size: Shape
    stride: Shape
    dilation: Shape


@dataclass(eq=False)
class Layer(ABC):
    """One step of a network. A layer's options are the fields of its dataclass.

    Shapes are those of one example, without the batch.

    Attributes
    ----------
    parameters : dict of str to array
        What training changes; filled when a network takes the layer in.
    state : dict of str to array
        What forward changes in training: running statistics.
    """

    def __post_init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.state: dict[str, Array] = {}

    @property
    def kind(self) -> str:
        """The layer's name in descriptions and errors."""
        return type(self).__name__

    @property
    def title(self) -> str:
        """The layer's name in summaries, for people."""
        return self.kind

    @property
    def options(self) -> dict[str, Any]:
        """The options that make this layer again: ``type(layer)(**layer.options)``."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @abstractmethod
    def output_shape(self, *inputs: Shape) -> Shape | None:
        """Shape of the output, None if only a run can tell; refuses what it cannot take."""

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Shapes of the parameters for these inputs."""
        return {}

    def state_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Shapes of the state for these inputs."""
        return {}

    def initial(self, name: str, shape: Shape, rng: np.random.Generator) -> Array:
        """Draw the initial value of a parameter or of a state; zeros unless a layer says else."""
        return np.zeros(shape)

    def seed(self, rng: np.random.Generator) -> None:  # noqa: B027 - most layers need nothing
        """Take what a layer needs that is random while it runs."""

    def fill(
        self, inputs: tuple[Shape, ...], rng: np.random.Generator, dtype: npt.DTypeLike
    ) -> None:
        """Give parameters and state their initial values, where they have none yet."""
        self.seed(rng)
        for arrays, shapes in (
            (self.parameters, self.parameter_shapes(*inputs)),
            (self.state, self.state_shapes(*inputs)),
        ):
            for name, shape in shapes.items():
                if name not in arrays:
                    arrays[name] = self.initial(name, shape, rng).astype(dtype)

    @abstractmethod
    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Any]:
        """Compute the output, and a cache for :meth:`backward`."""

    @abstractmethod
    def backward(self, grad_y: Array, cache: Any) -> LayerGradients:
        """Compute the gradients by inputs and parameters; nothing is changed."""

    def backward_parameters(self, grad_y: Array, cache: Any) -> dict[str, Array]:
        """The gradients by the parameters alone, where nobody wants those by the inputs."""
        return self.backward(grad_y, cache).parameters

    def multiply_adds(self, *inputs: Shape) -> int:
        """Multiply-adds of one example's forward, in products with the parameters."""
        return 0

    def window(self, *inputs: Shape) -> Window | None:
        """How far one output looks on the spatial axes; None where it sees one position."""
        return None

    def one_input(self, inputs: tuple[Shape, ...], *ranks: int) -> Shape:
        """Take the only input's shape, with one of these numbers of spatial axes, or refuse."""
        if len(inputs) == 1 and (not ranks or len(inputs[0]) - 1 in ranks):
            return inputs[0]
        spatial = f" with {' or '.join(map(str, ranks))} spatial axes and channels" if ranks else ""
        raise NetworkError(
            explain(
                self.kind,
                "the layer cannot take these inputs.",
                needed=f"one input{spatial}",
                received=f"shapes {', '.join(map(str, inputs)) or 'none'}",
                hint="an input_shape of (H, W, C), without the batch; Flatten() before Dense",
            )
        )
