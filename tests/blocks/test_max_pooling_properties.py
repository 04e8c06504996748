"""What every max pooling satisfies, whatever its integers."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridewise.blocks.max_pooling import max_pool, max_pool_backward, max_pool_with_indices
from stridewise.specs import PoolSpec
from stridewise.testing import check_engines_agree, check_gradients

pytestmark = pytest.mark.usefixtures("engine")

TIES = ("first", "all")
VALUES = [-2.0, -1.0, -1.0, 0.0, 1.0, -np.inf, np.inf, np.nan]


@st.composite
def problems(draw, values=VALUES):
    """x of few values, so full of ties, with its options."""
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    dilation = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    padding = tuple(tuple(draw(st.integers(0, r - 1)) for _ in "ab") for r in reach)
    lacks = [r - sum(pair) for r, pair in zip(reach, padding, strict=True)]
    size = tuple(max(lack, 1) + draw(st.integers(0, 4 - rank)) for lack in lacks)
    stride = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    shape = (draw(st.integers(1, 2)), *size, draw(st.integers(1, 2)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    options = {"kernel_size": kernel, "stride": stride, "padding": padding}
    options |= {"dilation": dilation, "ceil_mode": draw(st.booleans())}
    return rank, rng.choice(values, shape), options


def windows(x, options):
    """For each position, the flat places and the values under it, per example and channel."""
    spec = PoolSpec.of("demo", x.shape[1:-1], **options)
    flat = x.reshape(len(x), -1, x.shape[-1])
    for position in np.ndindex(*spec.output_size):
        under = []
        for at, axis in zip(position, spec.axes, strict=True):
            taps = [at * axis.stride - axis.before + t * axis.dilation for t in range(axis.kernel)]
            under.append([tap for tap in taps if 0 <= tap < axis.size])
        places = [np.ravel_multi_index(p, spec.input_size) for p in itertools.product(*under)]
        yield (slice(None), *position), np.array(places, int), flat[:, places]


@settings(max_examples=60)
@given(problems())
def test_the_maximum_and_its_place_by_enumeration(problem):
    rank, x, options = problem
    y, indices = max_pool_with_indices(rank, x, **options)
    for position, places, values in windows(x, options):
        if not len(places):
            assert (y[position] == -np.inf).all()
            assert (indices[position] == -1).all()
            continue
        # np.argmax takes the first of equals, and the first NaN before all: the same rule.
        first = values.argmax(axis=1)
        np.testing.assert_array_equal(y[position], values.max(axis=1))
        np.testing.assert_array_equal(indices[position], places[first])
    np.testing.assert_array_equal(max_pool(rank, x, **options), y)


@settings(max_examples=60)
@given(problems(), st.sampled_from(TIES))
def test_the_gradient_by_enumeration(problem, ties):
    rank, x, options = problem
    y, indices = max_pool_with_indices(rank, x, **options)
    grad_y = np.arange(1.0, y.size + 1).reshape(y.shape)
    wanted = np.zeros((len(x), x[0, ..., 0].size, x.shape[-1]))
    for position, places, values in windows(x, options):
        for n, c in np.ndindex(len(x), x.shape[-1]):
            if indices[position][n, c] < 0:
                continue
            hit = places[values[n, :, c] == y[position][n, c]]
            if ties == "first" or not len(hit):
                hit = indices[position][n, c]
            wanted[n, hit, c] += grad_y[position][n, c]
    grad_x = max_pool_backward(rank, grad_y, x, **options, ties=ties)
    np.testing.assert_array_equal(grad_x.reshape(wanted.shape), wanted)


@settings(max_examples=40)
@given(problems())
def test_indices_gather_back_to_y(problem):
    rank, x, options = problem
    y, indices = max_pool_with_indices(rank, x, **options)
    flat, shape = x.reshape(len(x), -1, x.shape[-1]), (len(x), -1, x.shape[-1])
    gathered = np.take_along_axis(flat, np.maximum(indices, 0).reshape(shape), axis=1)
    gathered = np.where(indices.reshape(shape) < 0, -np.inf, gathered)
    np.testing.assert_array_equal(gathered, y.reshape(shape))


@settings(max_examples=40)
@given(problems(values=[-2.5, -1.0, 0.0, 3.0]))
def test_bounds_and_conservation(problem):
    rank, x, options = problem
    y, indices = max_pool_with_indices(rank, x, **options)
    met = indices >= 0
    assert (y <= x.max()).all()
    assert (y[met] >= x.min()).all()
    grad_y = np.arange(1.0, y.size + 1).reshape(y.shape)
    grad_x = max_pool_backward(rank, grad_y, x, **options)
    assert grad_x.sum() == grad_y[met].sum()
    assert max_pool_backward(rank, grad_y, x, **options, ties="all").sum() >= grad_x.sum()


@settings(max_examples=40)
@given(problems(values=[-3.0, -1.0, 0.0, 2.0]))
def test_rising_functions_pass_through(problem):
    rank, x, options = problem
    y = max_pool(rank, x, **options)
    np.testing.assert_array_equal(max_pool(rank, 2 * x + 1, **options), 2 * y + 1)


@settings(max_examples=60)
@given(problems())
def test_engines_agree_exactly(problem):
    rank, x, options = problem
    y = max_pool(rank, x, **options)
    grad_y = np.arange(1.0, y.size + 1).reshape(y.shape)

    def call():
        pooled = max_pool_with_indices(rank, x, **options)
        return (*pooled, *(max_pool_backward(rank, grad_y, x, **options, ties=t) for t in TIES))

    check_engines_agree(call, rtol=0, atol=0)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((2, 5, 7, 3), {"kernel_size": (2, 3)}),
        ((1, 4, 5, 2), {"kernel_size": (3, 2), "stride": 1, "padding": ((2, 0), (1, 1))}),
        ((2, 9, 2), {"kernel_size": 3, "stride": 2, "dilation": 2, "ceil_mode": True}),
        ((1, 3, 4, 5, 2), {"kernel_size": 2, "stride": (1, 2, 3), "padding": "same"}),
    ],
)
def test_gradients_by_differences(rng, shape, options, ties):
    x = rng.permutation(np.prod(shape)).reshape(shape) / 7.0  # no two are near one another
    rank = len(shape) - 2
    check_gradients(
        lambda x: max_pool(rank, x, **options),
        lambda grad_y, x: max_pool_backward(rank, grad_y, x, **options, ties=ties),
        [x],
    )
