"""Adaptive pooling by hand, against plain loops over windows, and its gradients."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise import StridewiseError
from stridewise.blocks.adaptive_max_pooling import (
    adaptive_max_pool,
    adaptive_max_pool_backward,
    adaptive_max_pool_with_indices,
)
from stridewise.blocks.adaptive_pooling import adaptive_avg_pool, adaptive_avg_pool_backward
from stridewise.testing import check_gradients

pytestmark = pytest.mark.usefixtures("engine")

nan = np.nan
PROBLEMS = [
    ((2, 7, 3), 3),
    ((2, 3, 2), 5),  # more windows than elements
    ((2, 5, 7, 3), (2, 3)),
    ((1, 6, 4, 2), (3, 2)),  # even windows
    ((2, 6, 5, 1), (3, None)),
    ((1, 4, 6, 2), (5, 4)),
    ((2, 3, 5, 4, 2), (2, 3, 6)),
    ((1, 4, 2, 3, 1), 1),
]
problems = pytest.mark.parametrize(("shape", "output_size"), PROBLEMS)


def row(*values):
    """One example, one channel, one row."""
    return np.array(values, dtype=float).reshape(1, -1, 1)


def windows(shape, output_size):
    """Each output's place, and the flat places of its window, in row-major order."""
    size = shape[1:-1]
    sizes = output_size if isinstance(output_size, tuple) else (output_size,) * len(size)
    sizes = [out or n for n, out in zip(size, sizes, strict=True)]
    for place in itertools.product(*map(range, sizes)):
        ranges = [
            range(int(np.floor(i * n / out)), int(np.ceil((i + 1) * n / out)))
            for i, n, out in zip(place, size, sizes, strict=True)
        ]
        yield place, [int(np.ravel_multi_index(at, size)) for at in itertools.product(*ranges)]


@pytest.mark.parametrize(
    ("out", "mean", "largest"),
    [
        (1, [6], [12]),
        (2, [6, 8], [12, 12]),  # the middle one is in both
        (3, [3, 22 / 3, 6], [6, 12, 8]),
        (4, [3, 9, 8, 6], [6, 12, 12, 8]),
        (5, [0, 6, 12, 4, 8], [0, 6, 12, 4, 8]),
        (7, [0, 3, 9, 12, 8, 6, 8], [0, 6, 12, 12, 12, 8, 8]),
        (10, [0, 0, 6, 6, 12, 12, 4, 4, 8, 8], [0, 0, 6, 6, 12, 12, 4, 4, 8, 8]),
    ],
)
def test_one_row_by_hand(out, mean, largest):
    x = row(0, 6, 12, 4, 8)
    assert_allclose(adaptive_avg_pool(x, out).ravel(), mean)
    assert adaptive_max_pool(x, out).ravel().tolist() == largest


@problems
def test_average_against_loops(rng, shape, output_size):
    x = rng.integers(-9, 10, shape).astype(float)
    y = adaptive_avg_pool(x, output_size)
    grad_y = rng.integers(-9, 10, y.shape).astype(float)
    grad_x = np.zeros((shape[0], x[0, ..., 0].size, shape[-1]))
    flat = x.reshape(grad_x.shape)
    for place, seen in windows(shape, output_size):
        at = (slice(None), *place)
        assert_allclose(y[at], flat[:, seen].mean(axis=1), atol=1e-12)
        grad_x[:, seen] += grad_y[at][:, None] / len(seen)
    found = adaptive_avg_pool_backward(grad_y, x, output_size)
    assert_allclose(found, grad_x.reshape(shape), atol=1e-12)


@problems
@pytest.mark.parametrize("ties", ["first", "all"])
@pytest.mark.parametrize("nans", [False, True])
def test_max_against_loops(rng, shape, output_size, ties, nans):
    x = rng.integers(0, 4, shape).astype(float)  # many ties
    if nans:
        x[rng.random(shape) < 0.2] = nan
    y, indices = adaptive_max_pool_with_indices(x, output_size)
    assert indices.dtype == np.int64
    assert_array_equal(adaptive_max_pool(x, output_size), y)
    grad_y = rng.integers(-9, 10, y.shape).astype(float)
    grad_x = np.zeros((shape[0], x[0, ..., 0].size, shape[-1]))
    flat = x.reshape(grad_x.shape)
    for place, seen in windows(shape, output_size):
        for n, c in np.ndindex(shape[0], shape[-1]):
            at, values = (n, *place, c), flat[n, seen, c]
            first = int(np.argmax(values))  # NumPy too takes the first NaN, or the first maximum
            assert indices[at] == seen[first]
            assert_array_equal(y[at], values[first])
            winners = [first]
            if ties == "all" and not np.isnan(values[first]):
                winners = np.flatnonzero(values == values[first])
            for winner in winners:
                grad_x[n, seen[winner], c] += grad_y[at]
    found = adaptive_max_pool_backward(grad_y, x, output_size, ties=ties)
    assert_array_equal(found, grad_x.reshape(shape))


@pytest.mark.parametrize(("shape", "output_size"), PROBLEMS[1:4])
def test_gradients(rng, shape, output_size):
    x = rng.permutation(np.prod(shape)).reshape(shape) / 10
    check_gradients(
        lambda x: adaptive_max_pool(x, output_size),
        lambda grad_y, x: adaptive_max_pool_backward(grad_y, x, output_size),
        [x],
    )
    check_gradients(
        lambda x: adaptive_avg_pool(x, output_size),
        lambda grad_y, x: adaptive_avg_pool_backward(grad_y, x, output_size),
        [x],
    )


def test_none_keeps_the_size():
    x = np.zeros((2, 3, 4, 5))
    assert adaptive_avg_pool(x, None).shape == x.shape
    assert adaptive_max_pool(x, (None, 3)).shape == (2, 3, 3, 5)
    assert adaptive_avg_pool(x, [2, None]).shape == (2, 2, 4, 5)


def test_what_is_not_finite_reaches_its_windows_and_no_others():
    y = adaptive_avg_pool(row(1, np.inf, 3, 4, nan), 3).ravel()
    assert_array_equal(y, [np.inf, np.inf, nan])
    assert_array_equal(adaptive_max_pool(row(-np.inf, -np.inf, 1), 2).ravel(), [-np.inf, 1])
    assert np.isnan(adaptive_avg_pool(row(np.inf, -np.inf, 1), 2).ravel()[0])


@pytest.mark.parametrize("out", [2, 3])
@pytest.mark.parametrize(
    ("dtype", "result"), [("f2", "f2"), ("f4", "f4"), (">f4", "f4"), ("i4", "f8"), ("?", "f8")]
)
def test_dtypes(dtype, result, out):
    x = np.array([0, 1, 1, 0, 1, 0]).astype(dtype).reshape(1, 2, 3, 1)
    for forward, backward in (
        (adaptive_avg_pool, adaptive_avg_pool_backward),
        (adaptive_max_pool, adaptive_max_pool_backward),
    ):
        y = forward(x, (2, out))
        assert y.dtype == result
        assert_allclose(y, forward(x.astype("f8"), (2, out)), rtol=1e-3)
        assert backward(y, x, (2, out)).dtype == result
    assert adaptive_max_pool_with_indices(x, out).y.dtype == result


def test_float16_is_added_up_in_float32():
    x = np.full((1, 9, 1), 60000, np.float16)
    assert adaptive_avg_pool(x, 2).ravel().tolist() == [60000, 60000]


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x = rng.standard_normal((3, 5, 4, 2))
    grad_y = rng.standard_normal((3, 2, 3, 2))
    for strange in (np.asfortranarray(x), x[:, ::-1].copy()[:, ::-1]):
        strange.flags.writeable = False
        for forward in (adaptive_avg_pool, adaptive_max_pool):
            assert_array_equal(forward(strange, (2, 3)), forward(x, (2, 3)))
        for backward in (adaptive_avg_pool_backward, adaptive_max_pool_backward):
            wanted = backward(grad_y, x, (2, 3))
            assert_array_equal(backward(np.asfortranarray(grad_y), strange, (2, 3)), wanted)


@pytest.mark.parametrize("out", [2, 3])
@pytest.mark.parametrize("shape", [(0, 4, 5, 3), (2, 4, 5, 0)])
def test_an_empty_batch_and_no_channels(shape, out):
    x = np.zeros(shape)
    for forward, backward in (
        (adaptive_avg_pool, adaptive_avg_pool_backward),
        (adaptive_max_pool, adaptive_max_pool_backward),
    ):
        y = forward(x, out)
        assert y.shape == (shape[0], out, out, shape[-1])
        assert backward(y, x, out).shape == shape
    assert adaptive_max_pool_backward(y, x, out, ties="all").shape == shape


ZEROS = np.zeros((2, 3, 4, 5))


@pytest.mark.parametrize(
    "call",
    [
        adaptive_avg_pool,
        adaptive_max_pool,
        adaptive_max_pool_with_indices,
        lambda x, *options: adaptive_avg_pool_backward(x, x, *options),
        lambda x, *options: adaptive_max_pool_backward(x, x, *options),
    ],
)
@pytest.mark.parametrize(
    ("x", "output_size", "kind", "message"),
    [
        (ZEROS, 0, ValueError, "`output_size` is out of range"),
        (ZEROS, 2.0, TypeError, "`output_size` is not an integer"),
        (ZEROS, (2, 2, 2), ValueError, "`output_size` has the wrong form"),
        (ZEROS, 2**30, ValueError, "larger than any memory"),
        (ZEROS[0, 0], 2, ValueError, "`x` has no image to pool"),
        (ZEROS[:, :0], 2, ValueError, "`x` has no image to pool"),
        (ZEROS.astype(complex), 2, TypeError, "does not hold real numbers"),
    ],
)
def test_errors(call, x, output_size, kind, message):
    with pytest.raises(kind, match=message) as caught:
        call(x, output_size)
    assert isinstance(caught.value, StridewiseError)


def test_errors_of_backward():
    for backward in (adaptive_avg_pool_backward, adaptive_max_pool_backward):
        with pytest.raises(ValueError, match=r"grad_y.shape=\(2, 2, 2, 5\)"):
            backward(ZEROS, ZEROS, 2)
    with pytest.raises(ValueError, match="`ties` has an unknown name"):
        adaptive_max_pool_backward(ZEROS, ZEROS, (3, 4), ties="last")
