"""The integers of a sliding window, one axis at a time.

Nothing here knows of arrays. ``before`` and ``after`` are the padding on the two
sides of an axis; a *tap* is one element of the kernel; a *position* is one place
of the window, so one element of the output.

References
----------
V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning",
arXiv:1603.07285, relationships 1 to 12.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

__all__ = ["Axis", "ReceptiveField", "effective_kernel", "output_size", "same_padding"]


def effective_kernel(kernel: int, dilation: int) -> int:
    """Number of input elements from a window's first tap to its last.

    >>> effective_kernel(kernel=3, dilation=2)
    5
    """
    return dilation * (kernel - 1) + 1


def output_size(
    size: int,
    kernel: int,
    stride: int = 1,
    before: int = 0,
    after: int = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> int:
    """Number of positions of a window on an axis of ``size`` elements; 0 if it does not fit.

    ``floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1``. With
    ``ceil_mode`` the division is rounded up, and a last position that would start beyond the
    input and the padding before it is dropped (PyTorch's rule).

    >>> output_size(7, kernel=3, stride=2, before=1, after=1)
    4
    >>> output_size(6, kernel=3, stride=2), output_size(6, kernel=3, stride=2, ceil_mode=True)
    (2, 3)
    """
    room = size + before + after - effective_kernel(kernel, dilation)
    if not ceil_mode:
        return max(room // stride + 1, 0)
    positions = max(-(-room // stride) + 1, 0)
    return positions - 1 if (positions - 1) * stride >= size + before else positions


def same_padding(
    size: int, kernel: int, stride: int = 1, dilation: int = 1, lower: bool = False
) -> tuple[int, int]:
    """Padding that gives ``ceil(size / stride)`` positions; the odd one goes after the input.

    With ``lower`` the odd one goes before it (ONNX: SAME_LOWER).

    >>> same_padding(8, kernel=4), same_padding(8, kernel=4, lower=True)
    ((1, 2), (2, 1))
    """
    positions = -(-size // stride)
    total = max((positions - 1) * stride + effective_kernel(kernel, dilation) - size, 0)
    small, large = total // 2, total - total // 2
    return (large, small) if lower else (small, large)


class Axis(NamedTuple):
    """A window that slides along one axis.

    Attributes
    ----------
    size : int
        Number of input elements.
    kernel, stride, dilation : int
        Taps of the window; elements it moves by; elements from tap to tap.
    before, after : int
        Padding on the two sides, in elements.
    positions : int
        Number of places of the window: the output's size.
    """

    size: int
    kernel: int
    stride: int
    before: int
    after: int
    dilation: int
    positions: int

    def start(self, position: int) -> int:
        """Input index of the window's first tap; negative inside the padding.

        >>> axis = Axis(size=7, kernel=3, stride=2, before=1, after=1, dilation=1, positions=4)
        >>> axis.start(0), axis.start(3)
        (-1, 5)
        """
        return position * self.stride - self.before

    def part(self, first: int, stop: int) -> tuple[slice, Axis]:
        """Positions ``first`` to ``stop`` as a problem of their own, and the input they see.

        >>> axis = Axis(size=7, kernel=3, stride=2, before=1, after=1, dilation=1, positions=4)
        >>> seen, small = axis.part(0, 2)
        >>> seen, small.size, small.before, small.after
        (slice(0, 4, None), 4, 1, 0)
        """
        low = self.start(first)
        high = self.start(stop - 1) + effective_kernel(self.kernel, self.dilation)
        begin = min(max(low, 0), self.size)
        end = max(min(high, self.size), begin)
        # Where there is no input to tell the two sides apart, all of the padding is `before`.
        before, after = (begin - low, high - end) if begin < end else (high - low, 0)
        small = self._replace(size=end - begin, before=before, after=after, positions=stop - first)
        return slice(begin, end), small

    def meetings(self) -> Iterator[tuple[int, slice, slice]]:
        """For each tap that meets the input: its number, at which positions, which elements.

        >>> axis = Axis(size=5, kernel=2, stride=2, before=1, after=0, dilation=1, positions=3)
        >>> for tap, positions, elements in axis.meetings():
        ...     print(tap, positions, elements)
        0 slice(1, 3, None) slice(1, 4, 2)
        1 slice(0, 3, None) slice(0, 5, 2)
        """
        for tap in self._taps():
            offset = tap * self.dilation - self.before
            first = -(min(offset, 0) // self.stride)
            last = min((self.size - 1 - offset) // self.stride, self.positions - 1)
            if first <= last:
                begin, end = first * self.stride + offset, last * self.stride + offset
                yield tap, slice(first, last + 1), slice(begin, end + 1, self.stride)

    def _taps(self) -> Iterable[int]:
        """The taps that meet the input somewhere; a few more if looking closer costs more."""
        earliest = max(-(self.start(self.positions - 1) // self.dilation), 0)
        latest = min((self.size - 1 + self.before) // self.dilation, self.kernel - 1)
        if latest - earliest <= self.positions * self.size:
            return range(earliest, latest + 1)
        # A window and a stride far beyond the input: ask each position for its few taps.
        taps: set[int] = set()
        for position in range(self.positions):
            start, seen = self.start(position), self.window(position)
            taps.update((element - start) // self.dilation for element in range(self.size)[seen])
        return sorted(taps)

    def window(self, position: int) -> slice:
        """All elements of the input that the window meets at one position.

        >>> axis = Axis(size=5, kernel=3, stride=2, before=1, after=1, dilation=2, positions=2)
        >>> axis.window(0), axis.window(1)
        (slice(1, 4, 2), slice(1, 5, 2))
        """
        start = self.start(position)
        first = start + max(-(start // self.dilation), 0) * self.dilation
        stop = min(start + effective_kernel(self.kernel, self.dilation), self.size)
        return slice(first, max(first, stop), self.dilation)

    def counted(self, position: int, include_pad: bool) -> int:
        """How many taps an average divides by: those in the input, or in its padding too.

        What ``ceil_mode`` hangs over the padding's end never counts (PyTorch's rule).

        >>> axis = Axis(size=5, kernel=3, stride=2, before=1, after=1, dilation=1, positions=3)
        >>> axis.counted(0, include_pad=False), axis.counted(0, include_pad=True)
        (2, 3)
        """
        start = self.start(position)
        low, high = (-self.before, self.size + self.after) if include_pad else (0, self.size)
        first = max(-((start - low) // self.dilation), 0)
        last = min((high - 1 - start) // self.dilation, self.kernel - 1)
        return max(last - first + 1, 0)


class ReceptiveField(NamedTuple):
    """The input that one element of a tensor depends on, along one axis.

    Attributes
    ----------
    size : int
        Number of input elements, first to last.
    step : int
        How far it moves in the input from one element to the next.

    Examples
    --------
    >>> ReceptiveField().through(kernel=3, stride=2).through(kernel=3, stride=1)
    ReceptiveField(size=7, step=2)
    """

    size: int = 1
    step: int = 1

    def through(self, kernel: int, stride: int, dilation: int = 1) -> ReceptiveField:
        """The field after one more window."""
        reach = effective_kernel(kernel, dilation) - 1
        return ReceptiveField(self.size + reach * self.step, self.step * stride)
