"""What every average pooling satisfies, whatever its integers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridewise.blocks.average_pooling import avg_pool, avg_pool_backward
from stridewise.blocks.convolution import conv
from stridewise.specs import PoolSpec
from stridewise.testing import check_engines_agree, check_gradients

pytestmark = pytest.mark.usefixtures("engine")


@st.composite
def problems(draw):
    """x and grad_y of small integers, with the options."""
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    dilation = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    padding = tuple(tuple(draw(st.integers(0, r - 1)) for _ in "ab") for r in reach)
    lacks = [r - sum(pair) for r, pair in zip(reach, padding, strict=True)]
    size = tuple(max(lack, 1) + draw(st.integers(0, 4 - rank)) for lack in lacks)
    options = {"kernel_size": kernel, "padding": padding, "dilation": dilation}
    options["stride"] = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    options["ceil_mode"], options["count_include_pad"] = draw(st.booleans()), draw(st.booleans())
    N, C = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    spec = PoolSpec.of("demo", size, **options)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.integers(-9, 10, (N, *size, C)).astype(np.float64)
    return rank, x, rng.integers(-9, 10, (N, *spec.output_size, C)).astype(np.float64), options


def counts(rank, size, options):
    """How many taps each window counts, found by enumeration."""
    spec = PoolSpec.of("demo", size, **options)
    count = np.zeros(spec.output_size, int)
    for position in np.ndindex(*spec.output_size):
        for tap in np.ndindex(*spec.kernel_size):
            place = zip(position, tap, spec.axes, strict=True)
            inside = True
            for at, number, axis in place:
                element = at * axis.stride + number * axis.dilation - axis.before
                low, high = (axis.before, axis.after) if options["count_include_pad"] else (0, 0)
                inside &= -low <= element < axis.size + high
            count[position] += inside
    return count[None, ..., None]


@settings(max_examples=60)
@given(problems())
def test_a_mean_is_a_convolution_with_ones_divided_by_the_count(problem):
    rank, x, _, options = problem
    y = avg_pool(rank, x, **options)
    ones = np.ones((*options["kernel_size"], 1, x.shape[-1]))
    # Enough zeros after the input for a window that ceil_mode lets hang over.
    padding = [(before, after + 9) for before, after in options["padding"]]
    like = {"stride": options["stride"], "dilation": options["dilation"], "groups": x.shape[-1]}
    total = conv(rank, x, ones, padding=padding, **like)
    total = total[(slice(None), *(slice(size) for size in y.shape[1:-1]))]
    divisor = np.maximum(counts(rank, x.shape[1:-1], options), 1)
    np.testing.assert_allclose(y, total / divisor, rtol=1e-12, atol=1e-12)


@settings(max_examples=40)
@given(problems())
def test_bounds_and_constants(problem):
    rank, x, _, options = problem
    options["count_include_pad"] = False
    y = avg_pool(rank, x, **options)
    met = np.broadcast_to(counts(rank, x.shape[1:-1], options) > 0, y.shape)
    slack = 1e-12
    assert (y[met] >= x.min() - slack).all()
    assert (y <= max(x.max(), 0) + slack).all()
    constant = avg_pool(rank, np.full_like(x, 7.0), **options)
    np.testing.assert_allclose(constant, np.where(met, 7.0, 0.0), rtol=1e-12)


@settings(max_examples=40)
@given(problems())
def test_adjoint_and_linear(problem):
    rank, x, grad_y, options = problem
    y, grad_x = avg_pool(rank, x, **options), avg_pool_backward(rank, grad_y, x, **options)
    np.testing.assert_allclose(np.sum(x * grad_x), np.sum(y * grad_y), rtol=1e-9, atol=1e-9)
    other = x[..., ::-1] + 1
    both = avg_pool(rank, 2 * x - 3 * other, **options)
    np.testing.assert_allclose(both, 2 * y - 3 * avg_pool(rank, other, **options), atol=1e-9)


@settings(max_examples=60)
@given(problems())
def test_engines_agree(problem):
    rank, x, grad_y, options = problem

    def call():
        return avg_pool(rank, x, **options), avg_pool_backward(rank, grad_y, x, **options)

    check_engines_agree(call)


def test_engines_agree_exactly_where_the_divisor_is_a_power_of_two(rng):
    x = rng.integers(-99, 99, (3, 9, 10, 5)).astype(np.float32)
    options = {"kernel_size": (2, 4), "stride": (1, 3), "padding": ((1, 0), (2, 1))}
    grad_y = rng.integers(-99, 99, avg_pool(2, x, **options).shape).astype(np.float32)

    def call():
        return avg_pool(2, x, **options), avg_pool_backward(2, grad_y, x, **options)

    check_engines_agree(call, rtol=0, atol=0)


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((2, 5, 7, 3), {"kernel_size": (2, 3)}),
        ((1, 4, 5, 2), {"kernel_size": (3, 2), "stride": 1, "padding": ((2, 0), (1, 1))}),
        ((2, 9, 2), {"kernel_size": 3, "stride": 2, "dilation": 2, "ceil_mode": True}),
        ((1, 3, 4, 5, 2), {"kernel_size": 2, "stride": (1, 2, 3), "padding": "same"}),
    ],
)
def test_gradients_by_differences(rng, shape, options, count_include_pad):
    options = {**options, "count_include_pad": count_include_pad}
    rank = len(shape) - 2
    check_gradients(
        lambda x: avg_pool(rank, x, **options),
        lambda grad_y, x: avg_pool_backward(rank, grad_y, x, **options),
        [rng.standard_normal(shape)],
    )
