"""What a window does, apart from the arrays: ``ConvSpec`` and ``PoolSpec``.

A spec holds all the integers of one problem, the input's size among them: only then is
``padding="same"`` a number, and only then can be said whether the kernel fits. It is frozen,
hashable, and validated when it is made; engines rely on it and check nothing again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from stridewise import geometry
from stridewise.axis_options import (
    AXES,
    AxisInts,
    Padding,
    Pairs,
    axis_ints,
    axis_padding,
    require_possible,
)
from stridewise.errors import OptionError, ShapeError, explain, nearest
from stridewise.geometry import Axis
from stridewise.options import require_flag, require_integer

__all__ = ["ConvSpec", "PoolSpec", "WindowSpec"]


def _resolved_padding(
    operation: str,
    padding: Padding,
    input_size: tuple[int, ...],
    kernel_size: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> Pairs:
    if not isinstance(padding, str):
        return axis_padding(operation, "padding", padding, len(kernel_size))
    if padding == "valid":
        return ((0, 0),) * len(kernel_size)
    if padding in ("same", "same_lower"):
        return tuple(
            geometry.same_padding(*axis, lower=padding == "same_lower")
            for axis in zip(input_size, kernel_size, stride, dilation, strict=True)
        )
    raise OptionError(
        explain(
            operation,
            "`padding` has an unknown name.",
            needed="'valid', 'same', 'same_lower', or integers",
            received=f"padding={padding!r}",
            hint=f"padding={nearest(padding, ['valid', 'same', 'same_lower'])}",
        )
    )


@dataclass(frozen=True)
class WindowSpec:
    """A window that slides over an input: what convolution and pooling share.

    Made by ``of``, which accepts the public forms of every option, resolves
    ``padding="same"`` against the input's size, and refuses a window that does not fit.

    Attributes
    ----------
    operation : str
        The name in error messages, such as ``"conv2d"``.
    input_size, kernel_size, stride, dilation : tuple of int
        One an axis, spatial axes only.
    padding : tuple of (int, int)
        ``(before, after)`` an axis.
    """

    operation: str = field(compare=False)
    input_size: tuple[int, ...]
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pairs
    dilation: tuple[int, ...]

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.kernel_size)

    @property
    def ceil_mode(self) -> bool:
        """Whether an overhanging last position counts; only pooling has it."""
        return False

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The same integers, axis by axis."""
        sizes = zip(self.input_size, self.kernel_size, self.stride, strict=True)
        spacing = zip(self.padding, self.dilation, strict=True)
        axes = []
        for (size, kernel, stride), ((before, after), dilation) in zip(sizes, spacing, strict=True):
            positions = geometry.output_size(
                size, kernel, stride, before, after, dilation, self.ceil_mode
            )
            axes.append(Axis(size, kernel, stride, before, after, dilation, positions))
        return tuple(axes)

    @cached_property
    def output_size(self) -> tuple[int, ...]:
        """Number of positions of the window, one an axis."""
        return tuple(axis.positions for axis in self.axes)

    def __post_init__(self) -> None:
        if 0 in self.input_size:
            raise ShapeError(
                explain(
                    self.operation,
                    "the input has an empty spatial axis.",
                    needed=f"at least one element in {AXES[self.rank]}",
                    received=f"spatial size {self.input_size}",
                    hint="only the batch may be empty",
                )
            )
        if 0 in self.output_size:
            raise ShapeError(self._does_not_fit())
        padding = f"padding={self.padding}"
        require_possible(self.operation, self.output_size, padding, "a smaller padding")

    def _does_not_fit(self) -> str:
        padded = tuple(axis.before + axis.size + axis.after for axis in self.axes)
        reach = tuple(geometry.effective_kernel(axis.kernel, axis.dilation) for axis in self.axes)
        lacks = tuple(max(r - p, 0) for r, p in zip(reach, padded, strict=True))
        enough = tuple(
            (axis.before + (lack + 1) // 2, axis.after + lack // 2)
            for axis, lack in zip(self.axes, lacks, strict=True)
        )
        dilated = f", dilation={self.dilation}" if max(self.dilation) > 1 else ""
        span = "dilation * (kernel_size - 1) + 1" if dilated else "kernel_size"
        return explain(
            self.operation,
            "`kernel_size` does not fit the padded input.",
            needed=f"{span} <= padded size, in {AXES[self.rank]}",
            received=f"kernel_size={self.kernel_size}{dilated}, padded size={padded}"
            f"   (input size={self.input_size}, padding={self.padding})",
            hint=f"padding={enough}, or a smaller kernel",
        )


@dataclass(frozen=True)
class ConvSpec(WindowSpec):
    """The integers of one convolution.

    Attributes
    ----------
    groups : int
        Input and output channels fall into this many groups that do not see one another.

    Examples
    --------
    >>> spec = ConvSpec.of("conv2d", (5, 7), (3, 3), stride=2, padding="same")
    >>> spec.padding, spec.output_size
    (((1, 1), (1, 1)), (3, 4))
    """

    groups: int = 1

    @classmethod
    def of(
        cls,
        operation: str,
        input_size: tuple[int, ...],
        kernel_size: AxisInts,
        *,
        stride: AxisInts = 1,
        padding: Padding = 0,
        dilation: AxisInts = 1,
        groups: int = 1,
    ) -> Self:
        """Validate the public forms of the options for an input of ``input_size``."""
        window = _window(operation, input_size, kernel_size, stride, padding, dilation)
        return cls(
            operation, *window, groups=require_integer(operation, "groups", groups, at_least=1)
        )


@dataclass(frozen=True)
class PoolSpec(WindowSpec):
    """The integers of one pooling.

    Attributes
    ----------
    ceil_mode : bool
        An overhanging last position counts, if it starts inside the input or its left padding.
    count_include_pad : bool
        Averages divide by the taps in the padding too.

    Examples
    --------
    >>> PoolSpec.of("max_pool2d", (6, 7), 3, stride=2, ceil_mode=True).output_size
    (3, 3)
    """

    ceil_mode: bool = False
    count_include_pad: bool = True

    @classmethod
    def of(
        cls,
        operation: str,
        input_size: tuple[int, ...],
        kernel_size: AxisInts,
        *,
        stride: AxisInts | None = None,
        padding: Padding = 0,
        dilation: AxisInts = 1,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> Self:
        """Validate the public forms of the options; ``stride=None`` is the kernel's size."""
        step = kernel_size if stride is None else stride
        window = _window(operation, input_size, kernel_size, step, padding, dilation)
        return cls(
            operation,
            *window,
            ceil_mode=require_flag(operation, "ceil_mode", ceil_mode),
            count_include_pad=require_flag(operation, "count_include_pad", count_include_pad),
        )

    def __post_init__(self) -> None:
        super().__post_init__()
        reach = tuple(map(geometry.effective_kernel, self.kernel_size, self.dilation))
        if any(max(pair) >= r for pair, r in zip(self.padding, reach, strict=True)):
            raise OptionError(
                explain(
                    self.operation,
                    "`padding` leaves a window nothing but padding.",
                    needed=f"padding < {reach}, the window's size",
                    received=f"padding={self.padding}, kernel_size={self.kernel_size}",
                    hint=f"padding={tuple(r // 2 for r in reach)}, or a larger kernel",
                )
            )


def _window(
    operation: str,
    input_size: tuple[int, ...],
    kernel_size: AxisInts,
    stride: AxisInts,
    padding: Padding,
    dilation: AxisInts,
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Pairs, tuple[int, ...]]:
    rank = len(input_size)
    kernel = axis_ints(operation, "kernel_size", kernel_size, rank, 1)
    step = axis_ints(operation, "stride", stride, rank, 1)
    spread = axis_ints(operation, "dilation", dilation, rank, 1)
    pads = _resolved_padding(operation, padding, input_size, kernel, step, spread)
    return input_size, kernel, step, pads, spread
