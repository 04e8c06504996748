"""Convolution with its own weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.axis_options import AxisInts, Padding, axis_ints
from stridewise.blocks.convolution import conv_backward_parameters
from stridewise.errors import NetworkError, explain
from stridewise.layers.initialisation import (
    Initialisation,
    initial_weights,
    require_initialisation,
)
from stridewise.layers.layer import Layer, LayerGradients, Shape, Window
from stridewise.options import require_integer
from stridewise.specs import ConvSpec

__all__ = ["Conv1D", "Conv2D", "Conv3D"]


@dataclass(eq=False)
class Convolving(Layer):
    """What convolution and its transpose share: filters of their own, and the window's options."""

    out_channels: int
    kernel_size: AxisInts
    stride: AxisInts = 1
    padding: Padding = 0
    dilation: AxisInts = 1
    groups: int = 1
    bias: bool = True
    initialisation: Initialisation = "he"

    rank: ClassVar[int]
    window_options: ClassVar[tuple[str, ...]] = ("stride", "padding", "dilation", "groups")

    def __post_init__(self) -> None:
        super().__post_init__()
        require_integer(self.kind, "out_channels", self.out_channels, at_least=1)
        require_integer(self.kind, "groups", self.groups, at_least=1)
        axis_ints(self.kind, "kernel_size", self.kernel_size, self.rank, 1)
        require_initialisation(self.kind, self.initialisation)

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, int]:
        """Spatial size and channels of the input; refuse channels that the groups do not divide."""
        *spatial, C_in = self.one_input(inputs, self.rank)
        if C_in % self.groups or self.out_channels % self.groups:
            raise NetworkError(
                explain(
                    self.kind,
                    "`groups` does not divide the channels.",
                    needed="input and output channels that are multiples of groups",
                    received=f"{C_in} input channels, {self.out_channels} output channels, "
                    f"groups={self.groups}",
                    hint="groups=1",
                )
            )
        return tuple(spatial), C_in

    def window_settings(self) -> dict[str, Any]:
        """The options that the block takes."""
        return {name: getattr(self, name) for name in self.window_options}

    def with_bias(self, weight: Shape) -> dict[str, Shape]:
        """One weight array, and one bias if asked for."""
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def initial(self, name: str, shape: Shape, rng: np.random.Generator) -> Array:
        """Draw the weights; biases are zeros."""
        if name == "weight":
            return initial_weights(self.initialisation, shape, self.groups, rng)
        return np.zeros(shape)

    def named(self, gradients: blocks.ConvGradients) -> LayerGradients:
        """The gradients of a block, as those of a layer."""
        own = {"weight": gradients.weight, "bias": gradients.bias}
        return LayerGradients((gradients.x,), {name: own[name] for name in self.parameters})


@dataclass(eq=False)
class Conv(Convolving):
    """Convolution over a fixed number of spatial axes, with its own weights and biases.

    Parameters
    ----------
    out_channels : int
        Number of filters.
    kernel_size : int, or one int an axis
        Size of the filters, in taps.
    stride, padding, dilation, groups
        As in ``stridewise.conv2d``.
    bias : bool
        Whether a number is added to each output channel.
    initialisation : "he" or "glorot"
        How the weights are drawn; biases begin at 0.

    Examples
    --------
    >>> from stridewise.layers import Conv2D
    >>> Conv2D(8, 3, stride=2, padding="same").output_shape((28, 20, 1))
    (14, 10, 8)
    """

    def spec(self, *inputs: Shape) -> ConvSpec:
        """The integers of the convolution of an input of this shape."""
        size, _ = self.sizes(inputs)
        return ConvSpec.of(self.kind, size, self.kernel_size, **self.window_settings())

    def output_shape(self, *inputs: Shape) -> Shape:
        """(*spatial_out, out_channels)."""
        return (*self.spec(*inputs).output_size, self.out_channels)

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """One filter for each output channel, and one bias if asked for."""
        spec, C_in = self.spec(*inputs), inputs[0][-1]
        return self.with_bias((*spec.kernel_size, C_in // self.groups, self.out_channels))

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Convolve; the cache is the input."""
        (x,) = inputs
        weight, bias = self.parameters["weight"], self.parameters.get("bias")
        return blocks.conv(self.rank, x, weight, bias, **self.window_settings()), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradients by input, weights and biases."""
        weight = self.parameters["weight"]
        return self.named(
            blocks.conv_backward(self.rank, grad_y, cache, weight, **self.window_settings())
        )

    def backward_parameters(self, grad_y: Array, cache: Array) -> dict[str, Array]:
        """Gradients by weights and biases: two thirds of the work."""
        by_weight, by_bias = conv_backward_parameters(
            self.rank, grad_y, cache, self.parameters["weight"], **self.window_settings()
        )
        own = {"weight": by_weight, "bias": by_bias}
        return {name: own[name] for name in self.parameters}

    def multiply_adds(self, *inputs: Shape) -> int:
        """Every position of the output uses every weight once."""
        weights = math.prod(self.parameter_shapes(*inputs)["weight"])
        return math.prod(self.spec(*inputs).output_size) * weights

    def window(self, *inputs: Shape) -> Window:
        """The kernel."""
        spec = self.spec(*inputs)
        return Window(spec.kernel_size, spec.stride, spec.dilation)


class Conv1D(Conv):  # noqa: D101 - the parameters are what a reader looks for here
    __doc__ = Conv.__doc__
    rank = 1


class Conv2D(Conv):  # noqa: D101 - the parameters are what a reader looks for here
    __doc__ = Conv.__doc__
    rank = 2


class Conv3D(Conv):  # noqa: D101 - the parameters are what a reader looks for here
    __doc__ = Conv.__doc__
    rank = 3
