"""The check that transposed convolution begins with: which convolution it turns round."""

from __future__ import annotations

from stridewise.axis_options import (
    AXES,
    AxisInts,
    Padding,
    Pairs,
    axis_ints,
    axis_padding,
    require_possible,
)
from stridewise.errors import OptionError, ShapeError, explain
from stridewise.geometry import effective_kernel
from stridewise.options import require_choice
from stridewise.specs import ConvSpec

__all__ = ["transposed_spec"]

_NAMES = ("valid", "same", "same_lower")


def transposed_spec(
    operation: str,
    size: tuple[int, ...],
    kernel_size: AxisInts,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    output_padding: AxisInts = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
) -> ConvSpec:
    """Validate the options for an input of ``size``, and give the convolution turned round.

    Its ``input_size`` is the size of the transposed convolution's output. Its ``output_size`` is
    ``size``, or larger where ``output_padding`` reaches the stride and so has room for more.

    >>> transposed_spec("demo", (4,), 3, stride=2, padding=1, output_padding=1).input_size
    (8,)
    """
    rank = len(size)
    kernel = axis_ints(operation, "kernel_size", kernel_size, rank, 1)
    step = axis_ints(operation, "stride", stride, rank, 1)
    spread = axis_ints(operation, "dilation", dilation, rank, 1)
    extra = axis_ints(operation, "output_padding", output_padding, rank, 0)
    if any(e >= max(s, d) for e, s, d in zip(extra, step, spread, strict=True)):
        raise OptionError(
            explain(
                operation,
                "`output_padding` is too large.",
                needed="output_padding < stride or < dilation, on each axis",
                received=f"output_padding={extra}, stride={step}, dilation={spread}",
                hint="output_padding=0, and a larger kernel or stride",
            )
        )
    if 0 in size:
        raise ShapeError(
            explain(
                operation,
                "the input has an empty spatial axis.",
                needed=f"at least one element in {AXES[rank]}",
                received=f"spatial size {size}",
                hint="only the batch may be empty",
            )
        )
    reach = map(effective_kernel, kernel, spread)
    # How much longer the whole output is than `size · stride`; negative if stamps leave gaps.
    excess = tuple(r + e - s for r, e, s in zip(reach, extra, step, strict=True))
    pads = _padding(operation, padding, excess)
    sizes = zip(size, step, excess, pads, strict=True)
    output = tuple(n * s + over - sum(pair) for n, s, over, pair in sizes)
    if isinstance(padding, str) and padding != "valid":
        output = tuple(n * s for n, s in zip(size, step, strict=True))
    received = f"padding={pads}   (input size={size}, kernel_size={kernel}, stride={step})"
    if min(output) < 1:
        whole = tuple(n + sum(pair) for n, pair in zip(output, pads, strict=True))
        raise ShapeError(
            explain(
                operation,
                "`padding` leaves nothing of the output.",
                needed=f"padding before + after < {whole}, in {AXES[rank]}",
                received=received,
                hint="padding=0",
            )
        )
    spacing = f"stride={step}, dilation={spread}"
    require_possible(operation, output, spacing, "a smaller stride or dilation")
    return ConvSpec.of(
        operation, output, kernel, stride=step, padding=pads, dilation=spread, groups=groups
    )


def _padding(operation: str, padding: Padding, excess: tuple[int, ...]) -> Pairs:
    if not isinstance(padding, str):
        return axis_padding(operation, "padding", padding, len(excess))
    require_choice(operation, "`padding` has an unknown name.", padding, _NAMES)
    if padding == "valid":
        return ((0, 0),) * len(excess)
    halves = ((max(over, 0) // 2, max(over, 0) - max(over, 0) // 2) for over in excess)
    return tuple((b, a) if padding == "same" else (a, b) for b, a in halves)
