"""The register tile: what every convolution and every gradient of it is made of.

``rows × vectors`` sums stay in vector registers while one step after the other adds to them
``sum[r][v] += x[r] · w[v]``: ``x[r]`` is one number, the same for all lanes; ``w[v]`` is one
vector. With 14 rows and 2 vectors of 16 lanes a step loads 14 + 2 times and computes 28 times, and
no sum is ever written to memory before it is complete. See docs/performance.md.

The steps are four nested loops, each with a stride for ``x`` and one for ``w``: for a convolution
they go over kernel depth, rows, columns and channels, and the tile's rows are output pixels; for
the gradient of the weights they go over output pixels, and the rows are input channels.

References
----------
E. Georganas et al., "Anatomy of High-Performance Deep Learning Convolutions on SIMD
Architectures", SC 2018, section II.
"""

from __future__ import annotations

from typing import Any

from stridewise.engines.compiled.code.language import Module, Pointer, Value
from stridewise.engines.compiled.tile.ending import PLAIN, Finish

__all__ = ["LEVELS", "define_tile", "rows_that_fit"]

LEVELS = 4

_SIGNATURE = (
    "x:real* w:real* start:real* y:real* x_row:int start_row:int y_row:int last_lanes:int "
    + " ".join(f"n{level}:int x{level}:int w{level}:int" for level in range(LEVELS))
)
# More arguments of a tile that has an ending.
_ENDING = " residual:real* bounds:int*"


def rows_that_fit(registers: int, vectors: int) -> int:
    """How many rows a tile can have: their sums, one step's vectors, and one number of ``x``."""
    return (registers - vectors - 1) // vectors


def define_tile(
    module: Module,
    rows: int,
    vectors: int,
    lanes: int,
    masked: bool,
    w_masked: bool = False,
    streamed: bool = False,
    ending: tuple[int, ...] = PLAIN.flags,
) -> Any:
    """Write ``y[r] = start[r] + Σ x[r]·w`` for a tile of this size; gives the function to call.

    The sums take their ``ending`` on the way, which has two arguments more. ``masked`` tiles read
    and write only ``last_lanes`` lanes of the last vector of ``y``, and with ``w_masked`` also of
    ``w``. ``streamed`` tiles write past the caches; their ``y`` is aligned.
    """
    name = f"tile_{rows}x{vectors}x{lanes}{'_masked' * (masked + w_masked)}"
    if name in module.ir.globals:
        return module.ir.globals[name]
    signature = _SIGNATURE + _ENDING * any(ending)
    with module.function(name, signature, internal=True) as (k, x, w, start, y, *rest):
        x_row, start_row, y_row, last_lanes, *steps = rest
        mask: Value | None = k.lanes_below(last_lanes, lanes) if masked else None
        masks = [None] * (vectors - 1) + [mask]
        w_masks = masks if w_masked else [None] * vectors
        sums = [
            [
                k.variable((start + start_row * r + v * lanes).load(lanes, masks[v]))
                for v in range(vectors)
            ]
            for r in range(rows)
        ]

        def nest(level: int, x: Pointer, w: Pointer) -> None:
            if level == LEVELS:
                step(x, w)
                return
            count, x_step, w_step = steps[3 * level : 3 * level + 3]
            x_here, w_here = k.variable(x), k.variable(w)
            with k.loop(0, count):
                nest(level + 1, x_here.get(), w_here.get())
                x_here.set(x_here.get() + x_step)
                w_here.set(w_here.get() + w_step)

        def step(x: Pointer, w: Pointer) -> None:
            w_vectors = [(w + v * lanes).load(lanes, w_masks[v]) for v in range(vectors)]
            for r in range(rows):
                number = k.broadcast(x[x_row * r], lanes)
                for v in range(vectors):
                    sums[r][v].set(k.multiply_add(number, w_vectors[v], sums[r][v].get()))

        # A store has to wait for its cache line, unless that is on its way while sums are made.
        if not streamed:
            for r in range(rows):
                for v in range(vectors):
                    (y + y_row * r + v * lanes).prefetch(to_write=True)
        nest(0, x, w)
        finish = Finish(ending, steps[3 * LEVELS :], lanes)
        for r in range(rows):
            for v in range(vectors):
                offset = y_row * r + v * lanes
                value = finish(sums[r][v].get(), offset, lanes, masks[v])
                if streamed:
                    (y + offset).stream(value)
                else:
                    (y + offset).store(value, masks[v])
    return k.function
