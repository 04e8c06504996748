"""Weights in the order in which register tiles read them.

A *panel* holds ``vectors × lanes`` output channels: first their bias, then for every tap and every
input channel the weights of these output channels, next to one another. Lanes beyond the last
channel are 0, so that tiles need not know of them.
"""

from __future__ import annotations

from stridewise.engines.compiled.code.language import Kernel, Pointer, Value

__all__ = ["pack", "pack_transposed", "transposed"]

# Rows of many output channels are pages apart: no processor guesses which comes next.
_AHEAD = 12


def pack(
    k: Kernel,
    panel: Pointer,
    weight: Pointer,
    channels: Value,
    channel_step: Value,
    width: Value,
    vectors: int,
    lanes: int,
) -> None:
    """Copy ``channels`` rows of ``width`` output channels that are neighbours in memory."""
    masks = [k.lanes_below(width - v * lanes, lanes) for v in range(vectors)]
    with k.loop(0, channels) as c:
        row = weight + c * channel_step
        for v in range(vectors):
            (row + channel_step * _AHEAD + v * lanes).prefetch()
        for v in range(vectors):
            values = (row + v * lanes).load(lanes, masks[v])
            (panel + c * (vectors * lanes) + v * lanes).store(values)


def pack_transposed(
    k: Kernel,
    panel: Pointer,
    weight: Pointer,
    channels: Value,
    output_step: Value,
    width: Value,
    vectors: int,
    lanes: int,
) -> None:
    """The same where the ``channels`` are neighbours in memory, and the outputs are not.

    Writes whole squares: up to ``lanes - 1`` rows beyond the last channel.
    """
    with k.loop(0, channels, lanes) as c:
        mask = k.lanes_below(channels - c, lanes)
        for v in range(vectors):
            rows = []
            for lane in range(lanes):
                output = k.least(k.integer(v * lanes + lane), width - 1)  # never beyond the array
                rows.append((weight + output * output_step + c).load(lanes, mask))
            for number, column in enumerate(transposed(k, rows)):
                (panel + (c + number) * (vectors * lanes) + v * lanes).store(column)


def transposed(k: Kernel, rows: list[Value]) -> list[Value]:
    """Turn as many vectors as each has lanes: lane ``i`` of ``j`` becomes lane ``j`` of ``i``.

    In rounds: each swaps the off-diagonal quarters of squares of twice the size.
    """
    lanes = len(rows)
    half = 1
    while half < lanes:
        low = [i - half + lanes if i & half else i for i in range(lanes)]
        high = [i + lanes if i & half else i + half for i in range(lanes)]
        turned = list(rows)
        for i in range(lanes):
            if not i & half:
                a, b = rows[i], rows[i + half]
                turned[i], turned[i + half] = k.shuffle(a, b, low), k.shuffle(a, b, high)
        rows = turned
        half *= 2
    return rows
