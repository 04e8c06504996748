"""The check that max and average pooling begin with."""

from __future__ import annotations

from stridewise.arrays import Array, require_rank
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.known_specs import KnownSpecs
from stridewise.blocks.ranks import LAYOUTS
from stridewise.options import plain_key
from stridewise.specs import PoolSpec

__all__ = ["pool_spec"]

_known: KnownSpecs[PoolSpec] = KnownSpecs()


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
    options = plain_key(kernel_size, stride, padding, dilation)
    flags = (ceil_mode, count_include_pad)
    # Only flags that are bools: 1.0 equals True, but is refused.
    is_plain = options is not None and type(ceil_mode) is type(count_include_pad) is bool
    key = (operation, rank, x.shape, options, flags) if is_plain else None
    known = _known.find(key)
    if known is not None:
        return known
    require_rank(operation, "x", x, LAYOUTS[rank])
    spec = PoolSpec.of(
        operation,
        x.shape[1:-1],
        kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
    )
    return _known.keep(key, spec)
