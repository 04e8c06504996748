"""Channels of a problem, and where their weights are."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Channels"]


class Channels(NamedTuple):
    """Channels in and out, and the elements from weight to weight.

    A convolution reads ``weight[tap, c, o]``; its gradient by the input reads the same array with
    the two channels' roles exchanged, ``turned``.

    Attributes
    ----------
    C_in, C_out, groups : int
        Of the problem at hand: for a gradient by the input, C_in are those of ``grad_y``.
    in_weight, out_weight : int
        Elements from one input (output) channel of a group to the next.
    group_weight : int
        Elements from one group to the next.
    turned : bool
        Whether input channels are neighbours in memory, and not output channels.
    """

    C_in: int
    C_out: int
    groups: int
    in_weight: int
    out_weight: int
    group_weight: int
    turned: bool

    @classmethod
    def forward(cls, C_in: int, C_out: int, groups: int) -> Channels:
        """Those of a convolution."""
        return cls(C_in, C_out, groups, C_out, 1, C_out // groups, False)

    @classmethod
    def backward(cls, C_in: int, C_out: int, groups: int) -> Channels:
        """Those of the gradient by the input of a convolution from C_in to C_out."""
        return cls(C_out, C_in, groups, 1, C_out, C_out // groups, True)
