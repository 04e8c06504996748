"""Convolution takes any real array: dtypes, memory layouts, empty batches, NaN."""

import warnings

import numpy as np
import pytest

from stridewise.blocks.convolution import conv1d, conv2d, conv2d_backward

pytestmark = pytest.mark.usefixtures("engine")

OPTIONS = {"stride": (2, 1), "padding": ((1, 0), (2, 1)), "groups": 2}


@pytest.fixture
def arrays(rng):
    """x, weight, bias and grad_y of small integers, so that all sums are exact."""
    shapes = [(3, 5, 6, 4), (2, 3, 2, 8), (8,), (3, 3, 7, 8)]
    return [rng.integers(-4, 5, shape).astype(np.float64) for shape in shapes]


def run(x, weight, bias, grad_y):
    y = conv2d(x, weight, bias, **OPTIONS)
    return (y, *conv2d_backward(grad_y, x, weight, **OPTIONS))


@pytest.mark.parametrize(
    ("dtypes", "result"),
    [
        ("f4 f4 f4 f4", "f4"),
        ("f8 f8 f8 f8", "f8"),
        ("f2 f2 f2 f2", "f2"),
        ("i4 i4 i4 i4", "f8"),
        ("i1 i1 i1 i1", "f8"),
        ("f4 f8 f4 f4", "f8"),
        ("f2 f4 f2 f4", "f4"),
        ("i2 f4 f4 f4", "f4"),
        ("i8 f4 f4 f4", "f8"),
        (">f4 >f4 >f4 >f4", "f4"),
        (">f8 >i4 >f8 >f8", "f8"),
        (">f2 >f2 >f2 >f2", "f2"),
    ],
)
def test_dtypes(arrays, dtypes, result):
    # Magnitudes stay below 2048, so float16 holds every one of these integers.
    wanted = run(*arrays)
    given = [array.astype(dtype) for array, dtype in zip(arrays, dtypes.split(), strict=True)]
    for mine, right in zip(run(*given), wanted, strict=True):
        assert mine.dtype == np.dtype(result)
        assert mine.dtype.isnative
        assert np.array_equal(mine, right)


def test_bools_and_unsigned_integers(rng):
    x, weight = rng.random((2, 3, 4, 1)) < 0.5, rng.integers(0, 255, (2, 2, 1, 3)).astype(np.uint8)
    y = conv2d(x, weight)
    assert y.dtype == np.float64
    assert np.array_equal(y, conv2d(x.astype(float), weight.astype(float)))


def test_float16_is_added_up_in_float32():
    # In float16, 2048 + 1 is 2048: a running sum would stop there.
    x = np.ones((1, 4000, 1), np.float16)
    y = conv1d(x, np.ones((4000, 1, 1), np.float16))
    assert (y.dtype, y.item()) == (np.float16, 4000)


def test_the_bias_takes_part_in_the_dtype():
    x, weight = np.ones((1, 2, 1), np.float32), np.ones((1, 1, 1), np.float32)
    assert conv1d(x, weight, np.ones(1, np.float64)).dtype == np.float64


def strided(array):
    wide = np.full((*array.shape[:-1], 3 * array.shape[-1]), 77.0)
    wide[..., ::3] = array
    return wide[..., ::3]


def reversed_axes(array):
    turn = (slice(None, None, -1),) * array.ndim
    return array[turn].copy()[turn]


def moved_axes(array):
    """Channels-first memory, seen channels last."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, -1, 0)), 0, -1)


def unaligned(array):
    raw = np.zeros(array.nbytes + 1, np.uint8)
    raw[1:] = np.frombuffer(array.tobytes(), np.uint8)
    return raw[1:].view(array.dtype).reshape(array.shape)


def broadcast(array):
    """One example seen as many."""
    return np.broadcast_to(array[:1], array.shape)


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


FORMS = [strided, reversed_axes, moved_axes, unaligned, broadcast, read_only, np.asfortranarray]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_memory_layout_does_not_matter_and_inputs_are_not_written_to(arrays, form):
    formed = [form(array) for array in arrays]
    copies = [np.array(array, order="C") for array in formed]
    for mine, right in zip(run(*formed), run(*copies), strict=True):
        assert np.array_equal(mine, right)
    for array, copy in zip(formed, copies, strict=True):
        assert np.array_equal(array, copy)


def test_lists_will_do(arrays):
    for mine, right in zip(run(*(a.tolist() for a in arrays)), run(*arrays), strict=True):
        assert np.array_equal(mine, right)


def test_results_do_not_share_memory_with_inputs():
    x, weight = np.ones((2, 3, 4, 1)), np.ones((1, 1, 1, 1))
    results = (conv2d(x, weight), *conv2d_backward(x, x, weight))
    for result in results:
        assert result.flags.writeable
        assert not np.shares_memory(result, x)
        assert not np.shares_memory(result, weight)


def test_an_empty_batch_has_empty_results_and_no_gradient(arrays):
    x, weight, bias, grad_y = arrays
    y, grad_x, grad_weight, grad_bias = run(x[:0], weight, bias, grad_y[:0])
    assert (y.shape, grad_x.shape) == ((0, 3, 7, 8), (0, 5, 6, 4))
    assert np.array_equal(grad_weight, np.zeros((2, 3, 2, 8)))
    assert np.array_equal(grad_bias, np.zeros(8))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_reaches_its_windows_and_no_others(value):
    x, weight = np.ones((2, 5, 6, 1)), np.full((2, 3, 1, 2), 0.5)
    x[1, 2, 3] = value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # some BLAS warn of a NaN, some do not
        y = conv2d(x, weight)
    hit = np.zeros(y.shape, bool)
    hit[1, 1:3, 1:4] = True
    assert np.array_equal(y[hit], np.full(hit.sum(), value), equal_nan=True)
    assert np.array_equal(y[~hit], np.full((~hit).sum(), 3.0))


def test_a_nan_does_not_cross_groups():
    x = np.ones((1, 4, 4))
    x[..., 0] = np.nan
    y = conv1d(x, np.ones((2, 2, 2)), groups=2)
    assert np.isnan(y[..., 0]).all()
    assert (y[..., 1] == 4).all()


def test_a_nan_gradient_stays_in_its_window():
    grad_y = np.ones((1, 4, 5, 1))
    grad_y[0, 1, 2] = np.nan
    g = conv2d_backward(grad_y, np.ones((1, 5, 6, 1)), np.ones((2, 2, 1, 1)))
    hit = np.zeros(g.x.shape, bool)
    hit[0, 1:3, 2:4] = True
    assert np.array_equal(np.isnan(g.x), hit)
    assert np.isnan(g.weight).all()
    assert np.isnan(g.bias).all()
