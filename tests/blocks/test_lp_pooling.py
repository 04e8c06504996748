"""Lp pooling by hand, against a loop over windows, and its gradient."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise import StridewiseError
from stridewise.blocks.lp_pooling import lp_pool, lp_pool_backward
from stridewise.testing import check_gradients

inf, nan = np.inf, np.nan


def row(*values):
    """One example, one channel, one row."""
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"kernel_size": 2}, [5, 12]),
        ({"kernel_size": 2, "p": 1}, [7, 12]),
        ({"kernel_size": 2, "p": 0.5}, [(3**0.5 + 2) ** 2, 12]),
        ({"kernel_size": 3, "p": 2}, [5]),
        ({"kernel_size": 1, "p": 2.5}, [3, 4, 0, 12, 5]),
        ({"kernel_size": 2, "stride": 1}, [5, 4, 12, 13]),
        ({"kernel_size": 2, "padding": 1}, [3, 4, 13]),  # padding counts as 0
        ({"kernel_size": 2, "padding": ((1, 0),), "p": 3}, [3, 4, (12**3 + 5**3) ** (1 / 3)]),
        ({"kernel_size": 2, "padding": "same", "stride": 2}, [5, 12, 5]),
        ({"kernel_size": 2, "ceil_mode": True}, [5, 12, 5]),
        ({"kernel_size": 2, "stride": 1, "dilation": 3, "p": 1}, [15, 9]),
        ({"kernel_size": 2, "stride": 1, "dilation": 3, "p": 2}, [153**0.5, 41**0.5]),
    ],
)
def test_one_row_by_hand(options, wanted):
    assert_allclose(lp_pool(row(3, -4, 0, 12, -5), **options).ravel(), wanted, rtol=1e-14)


@pytest.mark.parametrize(
    ("options", "grad_y", "wanted"),
    [
        ({"kernel_size": 2}, [10, 2], [6, -8, 0, 2, 0]),
        ({"kernel_size": 2, "p": 1}, [10, 2], [10, -10, 0, 2, 0]),
        ({"kernel_size": 2, "stride": 1}, [10, 2, 12, 13], [6, -8 - 2, 0, 12 + 12, -5]),
        ({"kernel_size": 2, "p": 3, "ceil_mode": True}, [91 ** (2 / 3), 1, 2], [9, -16, 0, 1, -2]),
    ],
)
def test_gradients_by_hand(options, grad_y, wanted):
    grad_x = lp_pool_backward(row(*grad_y), row(3, -4, 0, 12, -5), **options)
    assert_allclose(grad_x.ravel(), wanted, rtol=1e-14)


@pytest.mark.parametrize("p", [0.5, 1, 2, 3.5])
def test_a_window_of_zeros_gives_no_gradient(p):
    grad_x = lp_pool_backward(row(1, 1), row(0, 0, 2, 0), 2, p=p)
    assert_allclose(grad_x.ravel(), [0, 0, 1, 0], rtol=1e-14)


PROBLEMS = [
    ((2, 7, 3), {"kernel_size": 3, "stride": 2, "padding": ((2, 1),)}),
    ((2, 5, 6, 2), {"kernel_size": (2, 3), "p": 3, "ceil_mode": True}),
    ((1, 6, 5, 2), {"kernel_size": (2, 1), "dilation": (3, 1), "stride": (1, 2), "p": 1.5}),
    ((1, 3, 4, 2, 2), {"kernel_size": (2, 3, 1), "stride": 1, "padding": (1, 1, 0), "p": 1}),
]


@pytest.mark.parametrize(("shape", "options"), PROBLEMS)
def test_against_loops(rng, shape, options):
    x = rng.integers(-9, 10, shape).astype(float)
    rank = len(shape) - 2
    every = {"stride": options["kernel_size"], "padding": 0, "dilation": 1, "p": 2, **options}
    kernel, stride, dilation = (
        value if isinstance(value, tuple) else (value,) * rank
        for value in (every["kernel_size"], every["stride"], every["dilation"])
    )
    pads = every["padding"] if isinstance(every["padding"], tuple) else (every["padding"],) * rank
    before = [pad[0] if isinstance(pad, tuple) else pad for pad in pads]
    y = lp_pool(x, **options)
    for place in itertools.product(*map(range, y.shape[1:-1])):
        total = np.zeros((shape[0], shape[-1]))
        for tap in itertools.product(*map(range, kernel)):
            at = [
                i * s + k * d - b
                for i, s, k, d, b in zip(place, stride, tap, dilation, before, strict=True)
            ]
            if all(0 <= i < n for i, n in zip(at, shape[1:-1], strict=True)):
                total += np.abs(x[(slice(None), *at)]) ** every["p"]
        assert_allclose(y[(slice(None), *place)], total ** (1 / every["p"]), rtol=1e-13)


@pytest.mark.parametrize(("shape", "options"), PROBLEMS)
def test_gradients(rng, shape, options):
    x = rng.standard_normal(shape)
    check_gradients(
        lambda x: lp_pool(x, **options),
        lambda grad_y, x: lp_pool_backward(grad_y, x, **options),
        [x + np.sign(x) / 2],  # away from 0, where p = 1 has a kink
    )


def test_what_is_not_finite_reaches_its_windows_and_no_others():
    x = row(inf, 1, nan, 2, 3, 4)
    assert_array_equal(lp_pool(x, 2).ravel(), [inf, nan, 5])
    grad_x = lp_pool_backward(row(1, 1, 5), x, 2).ravel()
    assert_array_equal(grad_x, [nan, 0, nan, nan, 3, 4])
    assert lp_pool(np.full((1, 2, 1), 1e200), 2).item() == inf
    assert lp_pool_backward(row(1), np.full((1, 2, 1), 1e-200), 2).ravel().tolist() == [0, 0]
    assert_array_equal(lp_pool_backward(row(nan), row(0, 2), 2).ravel(), [0, nan])


@pytest.mark.parametrize("p", [1, 2, 3.0])
@pytest.mark.parametrize(
    ("dtype", "result"),
    [("f2", "f2"), ("f4", "f4"), (">f4", "f4"), ("f8", "f8"), ("i4", "f8"), ("?", "f8")],
)
def test_dtypes(dtype, result, p):
    x = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype).reshape(1, 2, 3, 1)
    y = lp_pool(x, (2, 1), p=p)
    assert y.dtype == result
    assert_allclose(y, lp_pool(x.astype("f8"), (2, 1), p=p), rtol=1e-3)
    assert lp_pool_backward(y, x, (2, 1), p=np.float64(p)).dtype == result


def test_float16_is_added_up_in_float32():
    assert lp_pool(np.full((1, 4, 1), 300, np.float16), 4).item() == 600


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x = rng.standard_normal((3, 5, 4, 2))
    y = lp_pool(x, 2)
    for strange in (np.asfortranarray(x), x[:, ::-1].copy()[:, ::-1]):
        strange.flags.writeable = False
        assert_array_equal(lp_pool(strange, 2), y)
        grad_x = lp_pool_backward(np.asfortranarray(y), strange, 2)
        assert_array_equal(grad_x, lp_pool_backward(y, x, 2))


@pytest.mark.parametrize("shape", [(0, 4, 5, 3), (2, 4, 5, 0)])
def test_an_empty_batch_and_no_channels(shape):
    y = lp_pool(np.zeros(shape), 2)
    assert y.shape == (shape[0], 2, 2, shape[-1])
    assert lp_pool_backward(y, np.zeros(shape), 2).shape == shape


ZEROS = np.zeros((2, 3, 4, 5))


@pytest.mark.parametrize(
    "call", [lp_pool, lambda x, *rest, **options: lp_pool_backward(x, x, *rest, **options)]
)
@pytest.mark.parametrize(
    ("x", "options", "kind", "message"),
    [
        (ZEROS, {"p": 0}, ValueError, "`p` is 0"),
        (ZEROS, {"p": -1}, ValueError, "`p` is out of range"),
        (ZEROS, {"p": inf}, ValueError, "`p` is out of range"),
        (ZEROS, {"p": "2"}, TypeError, "`p` is not a number"),
        (ZEROS, {"kernel_size": 5}, ValueError, "`kernel_size` does not fit"),
        (ZEROS, {"padding": 2}, ValueError, "nothing but padding"),
        (ZEROS, {"stride": 0}, ValueError, "`stride` is out of range"),
        (ZEROS[0, 0], {}, ValueError, "`x` has the wrong number of axes"),
        (ZEROS[:, :0], {}, ValueError, "empty spatial axis"),
        (ZEROS.astype(complex), {}, TypeError, "does not hold real numbers"),
    ],
)
def test_errors(call, x, options, kind, message):
    with pytest.raises(kind, match=message) as caught:
        call(x, **{"kernel_size": 2, **options})
    assert isinstance(caught.value, StridewiseError)


def test_grad_y_of_the_wrong_shape():
    with pytest.raises(ValueError, match=r"grad_y.shape=\(2, 1, 2, 5\)"):
        lp_pool_backward(ZEROS, ZEROS, 2)
