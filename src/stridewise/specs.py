"""What a window does, apart from the arrays: ``ConvSpec`` and ``PoolSpec``.

A spec holds all the integers of one problem, the input's size among them: only then is
``padding="same"`` a number, and only then can be said whether the kernel fits. It is frozen,
hashable, and validated when it is made; engines rely on it and check nothing again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Self, TypeAlias

import numpy as np

from stridewise import geometry
from stridewise.errors import OptionError, ShapeError, explain, nearest
from stridewise.geometry import Axis
from stridewise.options import require_integer

__all__ = ["AxisInts", "ConvSpec", "Padding", "PoolSpec", "WindowSpec", "axis_padding"]

AxisInts: TypeAlias = int | Sequence[int]
Padding: TypeAlias = int | Sequence[int | Sequence[int]] | Literal["valid", "same", "same_lower"]
Pairs: TypeAlias = tuple[tuple[int, int], ...]

# A size beyond this is a mistake, and would overflow the index arithmetic of compiled code.
_LARGEST = 2**31 - 1
_AXES = {1: "positions", 2: "rows and columns", 3: "depth, rows and columns"}


def _integer(operation: str, name: str, value: object, least: int, whole: object) -> int:
    return require_integer(operation, name, value, least, _LARGEST, whole)


def _is_sequence(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _wrong_length(operation: str, name: str, value: object, needed: str, hint: str) -> OptionError:
    return OptionError(
        explain(
            operation,
            f"`{name}` has the wrong form.",
            needed=needed,
            received=f"{name}={value!r}",
            hint=hint,
        )
    )


def axis_ints(operation: str, name: str, value: AxisInts, rank: int, least: int) -> tuple[int, ...]:
    """An integer for every axis, or one integer an axis.

    >>> axis_ints("conv2d", "stride", 2, rank=2, least=1)
    (2, 2)
    """
    if not _is_sequence(value):
        return (_integer(operation, name, value, least, value),) * rank
    values = list(value)  # type: ignore[arg-type]  # a sequence, as asked in the line above
    if len(values) != rank:
        needed = f"an integer, or {rank} of them ({_AXES[rank]})"
        raise _wrong_length(operation, name, value, needed, f"{name}={(max(least, 1),) * rank}")
    return tuple(_integer(operation, name, each, least, value) for each in values)


def axis_padding(operation: str, name: str, value: object, rank: int) -> Pairs:
    """A ``(before, after)`` pair for every axis, from any explicit form.

    >>> axis_padding("pad", "widths", [1, (0, 2)], rank=2)
    ((1, 1), (0, 2))
    """
    if not _is_sequence(value):
        each = _integer(operation, name, value, 0, value)
        return ((each, each),) * rank
    entries = list(value)  # type: ignore[call-overload]  # a sequence, as asked in the line above
    needed = f"an integer, {rank} integers, or {rank} (before, after) pairs ({_AXES[rank]})"
    hint = f"{name}={((1, 1),) * rank}"
    if len(entries) != rank:
        raise _wrong_length(operation, name, value, needed, hint)
    pairs = []
    for entry in entries:
        pair = list(entry) if _is_sequence(entry) else [entry, entry]
        if len(pair) != 2:
            raise _wrong_length(operation, name, value, needed, hint)
        before, after = (_integer(operation, name, width, 0, value) for width in pair)
        pairs.append((before, after))
    return tuple(pairs)


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

    @property
    def output_size(self) -> tuple[int, ...]:
        """Number of positions of the window, one an axis."""
        return tuple(axis.positions for axis in self.axes)

    def __post_init__(self) -> None:
        if 0 in self.input_size:
            raise ShapeError(
                explain(
                    self.operation,
                    "the input has an empty spatial axis.",
                    needed=f"at least one element in {_AXES[self.rank]}",
                    received=f"spatial size {self.input_size}",
                    hint="only the batch may be empty",
                )
            )
        if 0 in self.output_size:
            raise ShapeError(self._does_not_fit())

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
            needed=f"{span} <= padded size, in {_AXES[self.rank]}",
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
        return cls(operation, *window, groups=_integer(operation, "groups", groups, 1, groups))


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
            operation, *window, ceil_mode=bool(ceil_mode), count_include_pad=bool(count_include_pad)
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
