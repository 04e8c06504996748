"""Every engine against `loops`, whole and in tiles."""

import numpy as np
import pytest

from stridewise.blocks.convolution import conv2d, conv2d_backward
from stridewise.engines.vectorized.tiles import TILE_BYTES
from stridewise.testing import check_engines_agree


@pytest.mark.parametrize("tile_bytes", [TILE_BYTES, 1, 900], ids=lambda size: f"tiles of {size}")
def test_engines_agree(agreement_case, cut_tiles, tile_bytes):
    cut_tiles(tile_bytes)
    check_engines_agree(agreement_case)


@pytest.mark.parametrize("tile_bytes", [64, 200, 333, 2000, 5000])
def test_engines_agree_exactly_on_integers_in_tiles_of_any_size(cut_tiles, rng, tile_bytes):
    cut_tiles(tile_bytes)
    x = rng.integers(-9, 9, (3, 7, 8, 4)).astype(np.float32)
    weight = rng.integers(-9, 9, (3, 2, 2, 6)).astype(np.float32)
    grad_y = rng.integers(-9, 9, (3, 4, 5, 6)).astype(np.float32)
    options = {"stride": 2, "padding": ((1, 2), (1, 1)), "groups": 2}

    def call():
        y = conv2d(x, weight, np.arange(6.0, dtype=np.float32), **options)
        return (y, *conv2d_backward(grad_y, x, weight, **options))

    check_engines_agree(call, rtol=0, atol=0)
