"""The check that max and average pooling begin with."""

from __future__ import annotations

from stridewise.arrays import Array, require_rank
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.ranks import LAYOUTS
from stridewise.options import plain_key
from stridewise.specs import PoolSpec

__all__ = ["pool_spec"]

# Specs of earlier calls: a course-sized pooling takes less time than its validation.
_known: dict[tuple[object, ...] | None, PoolSpec] = {}
_MOST_KNOWN = 1024


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
    options = (kernel_size, stride, padding, dilation)
    key = plain_key(*options)
    flags: tuple[object, ...] = (ceil_mode, count_include_pad)
    if key is not None:  # 1 equals True, but is refused where True is not
        known_flags = tuple(map(repr, flags))
        key = (operation, rank, x.shape, *key, *known_flags)
        known = _known.get(key)
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
    if key is not None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = spec
    return spec
