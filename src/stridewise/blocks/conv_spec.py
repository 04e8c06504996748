"""The check that convolution and deformable convolution begin with."""

from __future__ import annotations

from stridewise.arrays import Array, require_rank
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.known_specs import KnownSpecs
from stridewise.blocks.ranks import LAYOUTS
from stridewise.errors import ShapeError, explain
from stridewise.options import plain_key, require_integer
from stridewise.specs import ConvSpec

__all__ = ["conv_spec"]

_known: KnownSpecs[ConvSpec] = KnownSpecs()


def conv_spec(
    operation: str,
    rank: int,
    x: Array,
    weight: Array,
    stride: AxisInts,
    padding: Padding,
    dilation: AxisInts,
    groups: int,
) -> ConvSpec:
    """Refuse arrays that do not fit each other, and validate the options for their sizes.

    >>> conv_spec("demo", 1, np.zeros((1, 5, 2)), np.zeros((3, 2, 4)), 2, 0, 1, 1).output_size
    (2,)
    """
    options = plain_key(stride, padding, dilation, groups)
    key = options and (operation, rank, x.shape, weight.shape, options)
    known = _known.find(key)
    if known is not None:
        return known
    arguments = (operation, rank, x, weight, stride, padding, dilation, groups)
    return _known.keep(key, _validated(*arguments))


def _validated(
    operation: str,
    rank: int,
    x: Array,
    weight: Array,
    stride: AxisInts,
    padding: Padding,
    dilation: AxisInts,
    groups: int,
) -> ConvSpec:
    require_rank(operation, "x", x, LAYOUTS[rank])
    require_rank(operation, "weight", weight, (*("kernel",) * rank, "C_in // groups", "C_out"))
    groups = require_integer(operation, "groups", groups, at_least=1)
    # Channels before sizes: of an array in another layout, both are wrong, and channels say why.
    C_in, (C_in_group, C_out) = x.shape[-1], weight.shape[-2:]
    if C_in_group * groups != C_in or C_in == 0:
        raise ShapeError(_channels_do_not_match(operation, x, weight, groups))
    if C_out == 0 or C_out % groups:
        raise ShapeError(
            explain(
                operation,
                "`groups` does not divide the output channels.",
                needed="C_out, the last axis of `weight`, a positive multiple of groups",
                received=f"weight.shape={weight.shape}, groups={groups}",
                hint=f"{max(C_out // groups, 1) * groups} output channels",
            )
        )
    return ConvSpec.of(
        operation,
        x.shape[1:-1],
        weight.shape[:-2],
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )


def _channels_do_not_match(operation: str, x: Array, weight: Array, groups: int) -> str:
    wanted = weight.shape[-2] * groups
    hint = f"weight of shape {(*weight.shape[:-2], x.shape[-1] // groups, weight.shape[-1])}"
    if x.shape[1] == weight.shape[1] * groups:
        axes = (*range(2, x.ndim), 1, 0)
        hint = f"np.moveaxis(x, 1, -1) and weight.transpose{axes}: these look channels-first"
    elif x.shape[1] == wanted:
        hint = "np.moveaxis(x, 1, -1): this `x` looks channels-first"
    elif x.shape[-1] % groups:
        hint = "a number of groups that divides the input channels"
    return explain(
        operation,
        "the channels of `x` and `weight` do not match.",
        needed="x.shape[-1] = weight.shape[-2] * groups, and not 0",
        received=f"x.shape={x.shape}, weight.shape={weight.shape}, groups={groups}",
        hint=hint,
    )
