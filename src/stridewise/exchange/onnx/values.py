r"""What is known of a value of the model while its network is built, and its layout.

ONNX puts channels second: (N, C, \*spatial). Stridewise puts them last. A value is in one of two
layouts: *last*, with channels last, as every convolution and pooling wants and gives it; or as
ONNX has it. Elementwise operators take either, so a network of convolutions never changes layout
but at its border, where it becomes a vector, for instance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array
from stridewise.exchange.onnx.reading import refuse

__all__ = ["OPEN", "SIZE_OF_BATCH", "Value", "axis_last", "channels_last", "order_of_onnx"]

# Among sizes that are known, these stand for the batch's, and for one that is open: numbers that
# no shape has, so that whatever only carries sizes along carries them too.
SIZE_OF_BATCH = -(2**62)
OPEN = SIZE_OF_BATCH + 1


class Value(NamedTuple):
    """A value of the model: known already, or a tensor of the network.

    Attributes
    ----------
    tensor : str
        Name of the network's tensor; "" for a constant.
    constant : array or None
        The number themselves, in ONNX's layout.
    rank : int or None
        Number of axes, if known.
    last : bool
        Whether the tensor has its channels last; then the rank is known.
    batched : bool
        Whether the first axis is the batch.
    """

    tensor: str = ""
    constant: Array | None = None
    rank: int | None = None
    last: bool = False
    batched: bool = False

    @property
    def axes(self) -> int | None:
        """Number of axes, of a constant too."""
        return self.rank if self.constant is None else self.constant.ndim


def axis_last(axis: int, rank: int) -> int:
    """Where an axis of ONNX's layout stands with channels last.

    >>> [axis_last(axis, 4) for axis in (0, 1, 2, 3, -1)]
    [0, 3, 1, 2, 2]
    """
    if not -rank <= axis < rank:
        raise refuse(
            "there is no such axis.",
            needed=f"axes from {-rank} to {rank - 1}",
            received=str(axis),
            hint="onnx.checker.check_model, for more detail",
        )
    axis %= rank
    if axis == 0:
        return 0
    return rank - 1 if axis == 1 else axis - 1


def order_of_onnx(rank: int) -> list[int]:
    """Where the axes of ONNX's layout stand with channels last, one after the other.

    >>> order_of_onnx(4)
    [0, 3, 1, 2]
    """
    return [axis_last(axis, rank) for axis in range(rank)]


def channels_last(constant: Array, rank: int) -> Array:
    """Lay out a constant so that it broadcasts against a value with channels last.

    >>> channels_last(np.ones((3, 1, 1)), 4).shape, channels_last(np.ones((8, 1)), 4).shape
    ((3,), (8, 1, 1))
    """
    full = constant.reshape((1,) * (rank - constant.ndim) + constant.shape)
    moved = np.moveaxis(full, 1, -1)
    used = [axis for axis, size in enumerate(moved.shape) if size != 1]
    return moved.reshape(moved.shape[used[0] if used else rank :])
