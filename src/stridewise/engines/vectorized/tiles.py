"""Cut a problem into tiles, each a small problem of its own.

A tile is a block of positions together with the input that its windows see and the padding
they meet there. Whoever can solve a problem in one piece can so solve any, in a workspace
that is bounded whatever the batch and the image.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

from stridewise.geometry import Axis
from stridewise.specs import WindowSpec

__all__ = ["Tile", "tiles"]

# Large enough for BLAS to reach its rate on two threads, small enough to stay in the cache, and
# far from the 64 MiB that this engine promises. Measured by benchmarks/tile_size.py.
TILE_BYTES = 4 * 2**20


class Tile(NamedTuple):
    """One piece of a problem.

    Attributes
    ----------
    outputs : tuple of slice
        Examples and positions: an index into ``y``, and a contiguous block of it.
    inputs : tuple of slice
        The same examples and all the input that these positions see: an index into ``x``.
    axes : tuple of Axis
        The integers of the small problem.
    """

    outputs: tuple[slice, ...]
    inputs: tuple[slice, ...]
    axes: tuple[Axis, ...]


def tiles(
    spec: WindowSpec, examples: int, bytes_per_position: int, tile_bytes: int = TILE_BYTES
) -> Iterator[Tile]:
    """Cover all examples and positions with tiles whose workspace is about ``tile_bytes``.

    ``bytes_per_position`` is the workspace that one position of one example needs. The axes
    are cut from the first on, so that a tile of ``y`` is always contiguous.

    Examples
    --------
    >>> from stridewise.specs import ConvSpec
    >>> spec = ConvSpec.of("conv2d", (5, 4), (3, 3), padding=1)
    >>> for tile in tiles(spec, examples=1, bytes_per_position=100, tile_bytes=1200):
    ...     print(tile.outputs[1], tile.inputs[1], tile.axes[0].before, tile.axes[0].after)
    slice(0, 3, None) slice(0, 4, None) 1 0
    slice(3, 5, None) slice(2, 5, None) 0 1
    """
    sizes = (examples, *spec.output_size)
    room = max(tile_bytes // max(bytes_per_position, 1), 1)
    steps = []
    for axis, size in enumerate(sizes):
        whole = max(math.prod(sizes[axis + 1 :]), 1)
        steps.append(min(max(room // whole, 1), max(size, 1)))
        room = room if steps[-1] == 1 else whole  # below an axis cut coarsely, all stay whole
    cuts = [
        [slice(start, min(start + step, size)) for start in range(0, size, step)]
        for size, step in zip(sizes, steps, strict=True)
    ]
    for outputs in itertools.product(*cuts):
        examples_cut, *positions = outputs
        parts = [
            axis.part(cut.start, cut.stop) for axis, cut in zip(spec.axes, positions, strict=True)
        ]
        inputs = (examples_cut, *(seen for seen, _ in parts))
        yield Tile(outputs, inputs, tuple(small for _, small in parts))
