"""The check that max and average pooling begin with."""

from __future__ import annotations

from stridewise.arrays import Array, require_rank
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.ranks import LAYOUTS
from stridewise.specs import PoolSpec

__all__ = ["pool_spec"]


def pool_spec(
    operation: str,
    rank: int,
    x: Array,
    kernel_size: AxisInts,
    stride: AxisInts | None,
    padding: Padding,
    dilation: AxisInts,
    ceil_mode: bool,
    count_include_pad: bool = True,
) -> PoolSpec:
    """Refuse an ``x`` of another rank, and validate the options for its size."""
    require_rank(operation, "x", x, LAYOUTS[rank])
    return PoolSpec.of(
        operation,
        x.shape[1:-1],
        kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
    )
