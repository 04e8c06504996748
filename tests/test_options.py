import numpy as np
import pytest

from stridewise.errors import OptionError, OptionTypeError
from stridewise.options import require_integer, require_size


def test_integers_of_numpy_become_ints():
    number = require_integer("demo", "count", np.int16(7), at_least=0)
    assert number == 7
    assert type(number) is int


@pytest.mark.parametrize("wrong", [True, np.True_, 2.0, "2", None])
def test_not_an_integer(wrong):
    with pytest.raises(OptionTypeError, match="demo: `count` is not an integer"):
        require_integer("demo", "count", wrong, at_least=1)


@pytest.mark.parametrize(("wrong", "least"), [(0, 1), (-3, 1), (-1, 0)])
def test_too_small(wrong, least):
    with pytest.raises(OptionError, match=f"integers >= {least}\n.*count={wrong}\n.*count=1"):
        require_integer("demo", "count", wrong, at_least=least)


@pytest.mark.parametrize("wrong", [8, (8,), (8, 9, 3), "88", (8.0, 9)])
def test_size_is_a_pair_of_integers(wrong):
    with pytest.raises(OptionTypeError, match="size"):
        require_size("demo", wrong)


def test_size_is_positive():
    with pytest.raises(OptionError, match="size=0"):
        require_size("demo", (8, 0))
