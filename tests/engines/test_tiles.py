"""Tiles cover every position once, in a workspace of the size that is asked for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridewise.engines.vectorized.tiles import tiles
from stridewise.specs import ConvSpec


@st.composite
def specs(draw):
    rank = draw(st.integers(1, 3))
    size = tuple(draw(st.lists(st.integers(1, 7), min_size=rank, max_size=rank)))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 4))
    largest = min(min(size) + 2 * padding, 3)
    return ConvSpec.of("demo", size, draw(st.integers(1, largest)), stride=stride, padding=padding)


@given(specs(), st.integers(0, 4), st.integers(1, 400), st.integers(1, 4000))
def test_tiles_cover_all_once(spec, examples, position_bytes, tile_bytes):
    covered = np.zeros((examples, *spec.output_size), int)
    for tile in tiles(spec, examples, position_bytes, tile_bytes):
        block = covered[tile.outputs]
        assert block.flags.c_contiguous
        assert block.shape[1:] == tuple(axis.positions for axis in tile.axes)
        assert block.size * position_bytes <= tile_bytes or block.size == 1
        seen = tuple(cut.stop - cut.start for cut in tile.inputs)
        assert seen == (block.shape[0], *(axis.size for axis in tile.axes))
        block += 1
    assert (covered == 1).all()


@given(specs(), st.integers(1, 4))
def test_a_large_tile_is_the_whole_problem(spec, examples):
    (tile,) = tiles(spec, examples, 8, 10**9)
    assert tile.outputs == tuple(slice(0, size) for size in (examples, *spec.output_size))


@pytest.mark.parametrize("tile_bytes", [1, 3_000, 10**9])
def test_there_are_about_as_many_as_the_bytes_ask_for(tile_bytes):
    spec = ConvSpec.of("demo", (9, 10), 3, padding=1)
    positions, position_bytes = 4 * 9 * 10, 100
    number = len(list(tiles(spec, 4, position_bytes, tile_bytes)))
    least = min(math.ceil(positions * position_bytes / tile_bytes), positions)
    assert least <= number <= 2 * least


def test_nothing_per_position_is_one_tile():
    assert len(list(tiles(ConvSpec.of("demo", (5,), 2), 3, 0))) == 1
