"""Transposed convolution with its own weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stridewise.arrays import Array
from stridewise.axis_options import AxisInts
from stridewise.blocks.transposed_convolution import conv_transpose, conv_transpose_backward
from stridewise.blocks.transposed_spec import transposed_spec
from stridewise.geometry import effective_kernel
from stridewise.layers.conv import Convolving
from stridewise.layers.layer import LayerGradients, Shape, Window
from stridewise.specs import ConvSpec

__all__ = ["ConvTranspose1D", "ConvTranspose2D", "ConvTranspose3D"]


@dataclass(eq=False)
class ConvTranspose(Convolving):
    """Transposed convolution over a fixed number of spatial axes, with its own weights and biases.

    Parameters
    ----------
    out_channels : int
        Number of output channels.
    kernel_size : int, or one int an axis
        Size of the kernel, in taps.
    stride, padding, dilation, groups, output_padding
        As in ``stridewise.conv_transpose2d``.
    bias : bool
        Whether a number is added to each output channel.
    initialisation : "he" or "glorot"
        How the weights are drawn; biases begin at 0.

    Examples
    --------
    >>> from stridewise.layers.transposed_conv import ConvTranspose2D
    >>> ConvTranspose2D(8, 4, stride=2, padding=1).output_shape((14, 10, 16))
    (28, 20, 8)
    """

    output_padding: AxisInts = 0

    window_options: ClassVar[tuple[str, ...]] = (*Convolving.window_options, "output_padding")

    def _spec(self, inputs: tuple[Shape, ...]) -> ConvSpec:
        size, _ = self.sizes(inputs)
        return transposed_spec(self.kind, size, self.kernel_size, **self.window_settings())

    def output_shape(self, *inputs: Shape) -> Shape:
        """(*spatial_out, out_channels)."""
        return (*self._spec(inputs).input_size, self.out_channels)

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """The array of the convolution that is transposed, and one bias if asked for."""
        spec, C_in = self._spec(inputs), inputs[0][-1]
        return self.with_bias((*spec.kernel_size, self.out_channels // self.groups, C_in))

    def initial(self, name: str, shape: Shape, rng: np.random.Generator) -> Array:
        """Draw the weights; biases are zeros."""
        if name != "weight":
            return np.zeros(shape)
        # What goes in and what comes out, as in the weights of a convolution: all are drawn alike.
        as_conv = (*shape[:-2], shape[-1] // self.groups, shape[-2] * self.groups)
        return super().initial(name, as_conv, rng).reshape(shape)

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Convolve, transposed; the cache is the input."""
        (x,) = inputs
        weight, bias = self.parameters["weight"], self.parameters.get("bias")
        return conv_transpose(self.rank, x, weight, bias, **self.window_settings()), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradients by input, weights and biases."""
        weight = self.parameters["weight"]
        return self.named(
            conv_transpose_backward(self.rank, grad_y, cache, weight, **self.window_settings())
        )

    def multiply_adds(self, *inputs: Shape) -> int:
        """Every position of the input uses every weight once."""
        weights = math.prod(self.parameter_shapes(*inputs)["weight"])
        return math.prod(inputs[0][:-1]) * weights

    def window(self, *inputs: Shape) -> Window:
        """The input elements whose stamps can meet one output: the kernel over the stride."""
        spec = self._spec(inputs)
        reach = map(effective_kernel, spec.kernel_size, spec.dilation)
        seen = tuple(-(-r // s) for r, s in zip(reach, spec.stride, strict=True))
        ones = (1,) * self.rank
        return Window(seen, ones, ones)


class ConvTranspose1D(ConvTranspose):  # noqa: D101 - the parameters are what a reader looks for here
    __doc__ = ConvTranspose.__doc__
    rank = 1


class ConvTranspose2D(ConvTranspose):  # noqa: D101 - the parameters are what a reader looks for here
    __doc__ = ConvTranspose.__doc__
    rank = 2


class ConvTranspose3D(ConvTranspose):  # noqa: D101 - the parameters are what a reader looks for here
    __doc__ = ConvTranspose.__doc__
    rank = 3
