"""Tiles of an image, in chunks whose transformed inputs fit a cache."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

from stridewise.engines.compiled.planning.planner import OUTPUTS, Problem

__all__ = ["Chunks", "chunks"]


class Chunks(NamedTuple):
    """How many tiles an image has, and the first tile and the length of each chunk."""

    h_tiles: int
    w_tiles: int
    parts: tuple[tuple[int, int], ...]

    @property
    def most(self) -> int:
        """Tiles of the longest chunk."""
        return max(count for _, count in self.parts)


def chunks(problem: Problem, tile_bytes: int, chunk_bytes: int) -> Chunks:
    """Cut all tiles of a problem into chunks of two lengths that differ by one.

    So one shape of register tile serves all of them.
    """
    *others, H, W = problem.axes
    examples = problem.N * math.prod(axis.size for axis in others)
    h_tiles, w_tiles = -(-H.positions // OUTPUTS), -(-W.positions // OUTPUTS)
    tiles = examples * h_tiles * w_tiles
    number = max(1, -(-tiles * tile_bytes // chunk_bytes))
    cuts = [tiles * at // number for at in range(number + 1)]
    return Chunks(
        h_tiles, w_tiles, tuple((low, high - low) for low, high in itertools.pairwise(cuts))
    )
