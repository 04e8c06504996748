"""Adding inputs: by the engine where it can, else as NumPy does."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.layers import Add


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("count", [2, 3])
def test_add_by_hand(engine, dtype, count):
    x = np.array([[1, -2], [np.inf, np.nan]], dtype)
    y, cache = Add().forward(*[x] * count)
    assert_array_equal(y, count * x)
    assert y.dtype == dtype
    assert Add().backward(y, cache).inputs == (y,) * count


def test_what_is_too_large_is_infinite_without_a_warning(engine):
    x = np.full((2, 3), 3e38, np.float32)
    assert_array_equal(Add().forward(x, x)[0], np.full((2, 3), np.inf))


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [("i8", "i8", "i8"), ("f2", "f2", "f2"), ("f4", "f8", "f8"), ("f8", "i4", "f8")],
)
def test_other_dtypes_are_kept_as_numpy_keeps_them(engine, one, other, result):
    y, _ = Add().forward(np.array([[1, 2]], one), np.array([[3, 5]], other))
    assert_array_equal(y, [[4, 7]])
    assert y.dtype == result
