"""Random problems: small sizes, every option, both dtypes. Hypothesis draws them, and shrinks.

Arrays come from a drawn seed, and hold numbers that are exact in float32, so that a judge that
only knows float32 gets the same problem.
"""

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

__all__ = ["Window", "integers", "pairs_of", "shapes", "windows"]

DTYPES = st.sampled_from(["float32", "float64"])
SEEDS = st.integers(0, 2**32 - 1)


class Window(NamedTuple):
    """A window over an image; ``padding`` in any public form."""

    N: int
    size: tuple[int, ...]
    groups: int
    wide: int
    deep: int
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: Any
    extra: tuple[int, ...]
    ceil_mode: bool
    flag: bool
    ties: bool
    dtype: str
    seed: int

    @property
    def rank(self):
        return len(self.size)

    @property
    def reach(self):
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    @property
    def pairs(self):
        return pairs_of(self.padding, self.size, self.stride, self.reach)

    @property
    def axes(self):
        """What the plain references need of each axis, as dicts."""
        return [
            {"size": n, "kernel": k, "stride": s, "dilation": d, "before": b, "after": a}
            for n, k, s, d, (b, a) in zip(
                self.size, self.kernel, self.stride, self.dilation, self.pairs, strict=True
            )
        ]

    def output(self, ceil_mode=False):
        """Positions an axis; with ``ceil_mode`` one more if it starts before the end."""
        positions = []
        for axis, reach in zip(self.axes, self.reach, strict=True):
            room = axis["size"] + axis["before"] + axis["after"] - reach
            count = room // axis["stride"] + 1
            over = room % axis["stride"] > 0
            starts = count * axis["stride"] < axis["size"] + axis["before"]
            positions.append(count + (ceil_mode and over and starts))
        return tuple(positions)

    def rng(self):
        return np.random.default_rng(self.seed)

    def values(self, rng, *shape):
        """Numbers that are exact in float32; few of them, if there are to be ties."""
        whole = rng.integers(-2, 3, shape) if self.ties else rng.standard_normal(shape)
        return np.asarray(whole, np.float32).astype(self.dtype)


def pairs_of(padding, size, stride, reach):
    """Padding before and after an axis, from the definitions of its names."""
    if padding == "valid":
        return ((0, 0),) * len(size)
    if isinstance(padding, int):
        return ((padding, padding),) * len(size)
    if isinstance(padding, str):
        pairs = []
        for n, s, r in zip(size, stride, reach, strict=True):
            total = max((-(-n // s) - 1) * s + r - n, 0)
            halves = (total // 2, total - total // 2)
            pairs.append(halves if padding == "same" else halves[::-1])
        return tuple(pairs)
    return tuple((p, p) if isinstance(p, int) else tuple(p) for p in padding)


def integers(draw, rank, low, high):
    return tuple(draw(st.integers(low, high)) for _ in range(rank))


@st.composite
def windows(draw, pooling=False, dilated=True, names=True):
    """A window that fits; pooling has no padding as wide as the window."""
    rank = draw(st.integers(1, 3))
    kernel = integers(draw, rank, 1, 4 if rank == 1 else 3)
    stride = integers(draw, rank, 1, 3)
    dilation = integers(draw, rank, 1, 3) if dilated else (1,) * rank
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    most = [r - 1 if pooling else r + 1 for r in reach]
    forms = ["number", "numbers", "pairs", *(["valid", "same", "same_lower"] if names else [])]
    form = draw(st.sampled_from(forms))
    padding = form
    if form == "number":
        padding = draw(st.integers(0, min(most)))
    elif form == "numbers":
        padding = tuple(draw(st.integers(0, m)) for m in most)
    elif form == "pairs":
        padding = tuple((draw(st.integers(0, m)), draw(st.integers(0, m))) for m in most)
    least = [1] * rank
    if form not in ("same", "same_lower"):
        pairs = pairs_of(padding, kernel, stride, reach)
        least = [max(r - sum(pair), 1) for r, pair in zip(reach, pairs, strict=True)]
    more = 5 if rank < 3 else 2
    return Window(
        N=draw(st.integers(0, 3)),
        size=tuple(draw(st.integers(low, low + more)) for low in least),
        groups=draw(st.integers(1, 3)),
        wide=draw(st.integers(1, 2)),
        deep=draw(st.integers(1, 3)),
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        padding=padding,
        extra=tuple(
            draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True)
        ),
        ceil_mode=draw(st.booleans()),
        flag=draw(st.booleans()),
        ties=draw(st.booleans()),
        dtype=draw(DTYPES),
        seed=draw(SEEDS),
    )


class Shape(NamedTuple):
    """An image without a window; ``options`` are the check's own."""

    N: int
    size: tuple[int, ...]
    C: int
    dtype: str
    seed: int
    options: dict[str, Any]

    @property
    def shape(self):
        return (self.N, *self.size, self.C)

    def rng(self):
        return np.random.default_rng(self.seed)

    def values(self, rng, *shape):
        return rng.standard_normal(shape).astype(np.float32).astype(self.dtype)


@st.composite
def shapes(draw, options=None, least_n=0, low=1, ranks=(1, 3)):
    """``options`` is a function of ``draw`` and the size."""
    rank = draw(st.integers(*ranks))
    size = integers(draw, rank, low, 7 if rank < 3 else 4)
    n, C = draw(st.integers(least_n, 3)), draw(st.integers(1, 6))
    chosen = options(draw, size, C) if options else {}
    return Shape(n, size, C, draw(DTYPES), draw(SEEDS), chosen)
