"""Moving channels into space and back, as layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from stridewise.arrays import Array
from stridewise.axis_options import AxisInts
from stridewise.blocks.depth_to_space import (
    BlockMode,
    block_sizes,
    depth_to_space,
    depth_to_space_backward,
    space_to_depth,
    space_to_depth_backward,
)
from stridewise.layers.layer import Layer, LayerGradients, Shape, Window
from stridewise.options import require_choice

__all__ = ["DepthToSpace", "SpaceToDepth"]


@dataclass(eq=False)
class Blocks(Layer):
    """What the two directions share."""

    block: AxisInts
    mode: BlockMode = "DCR"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_choice(self.kind, "`mode` has an unknown name.", self.mode, get_args(BlockMode))


@dataclass(eq=False)
class DepthToSpace(Blocks):
    """Turn the channels of every position into a block of positions.

    Parameters
    ----------
    block, mode
        As in ``stridewise.depth_to_space``; ``mode="CRD"`` is PyTorch's PixelShuffle.

    Examples
    --------
    >>> DepthToSpace(2).output_shape((9, 6, 8))
    (18, 12, 2)
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        """(*(spatial · block), C // positions in a block)."""
        shape = self.one_input(inputs, 1, 2, 3)
        return block_sizes(self.kind, (1, *shape), self.block, self.mode, to_space=True)[1][1:]

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Move elements; the cache is the input."""
        (x,) = inputs
        return depth_to_space(x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: the same places, the other way round."""
        return LayerGradients((depth_to_space_backward(grad_y, cache, **self.options),), {})


@dataclass(eq=False)
class SpaceToDepth(Blocks):
    """Turn every block of positions into the channels of one.

    Parameters
    ----------
    block, mode
        As in ``stridewise.space_to_depth``; ``mode="CRD"`` is PyTorch's PixelUnshuffle.

    Examples
    --------
    >>> SpaceToDepth(2).output_shape((18, 12, 2))
    (9, 6, 8)
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        """(*(spatial // block), C · positions in a block)."""
        shape = self.one_input(inputs, 1, 2, 3)
        return block_sizes(self.kind, (1, *shape), self.block, self.mode, to_space=False)[1][1:]

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Move elements; the cache is the input."""
        (x,) = inputs
        return space_to_depth(x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: the same places, the other way round."""
        return LayerGradients((space_to_depth_backward(grad_y, cache, **self.options),), {})

    def window(self, *inputs: Shape) -> Window:
        """The block."""
        shape = (1, *self.one_input(inputs, 1, 2, 3))
        blocks, _ = block_sizes(self.kind, shape, self.block, self.mode, to_space=False)
        return Window(blocks, blocks, (1,) * len(blocks))
