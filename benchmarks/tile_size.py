"""How large a tile of the ``numpy`` engine should be: what ``TILE_BYTES`` rests on.

Run it by ``python -m benchmarks.tile_size``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from unittest.mock import patch

import numpy as np

import stridewise as sw
from stridewise.arrays import Array
from stridewise.benchmark.timing import medians
from stridewise.engines.vectorized import convolution
from stridewise.engines.vectorized.tiles import tiles

__all__ = ["main"]


def main() -> None:
    """Print forward and backward together, in milliseconds, for tiles of several sizes."""
    rng = np.random.default_rng(0)
    sizes = [2**power for power in range(18, 25)]
    print("tile (kiB)".rjust(24), *(f"{size // 1024:>7}" for size in sizes))
    for H, C in ((56, 64), (28, 128), (14, 256), (7, 512)):
        x = rng.standard_normal((8, H, H, C)).astype(np.float32)
        weight = rng.standard_normal((3, 3, C, C)).astype(np.float32)

        def both(size: int, x: Array = x, weight: Array = weight) -> Callable[[], object]:
            def run() -> None:
                with patch.object(convolution, "tiles", partial(tiles, tile_bytes=size)):
                    y = sw.conv2d(x, weight, padding=1)
                    sw.conv2d_backward(y, x, weight, padding=1)

            return run

        times = medians([both(size) for size in sizes], rounds=5)
        print(f"(8, {H}, {H}, {C}) * 3×3".rjust(24), *(f"{t * 1e3:7.1f}" for t in times))


if __name__ == "__main__":
    main()
