import numpy as np
import pytest

from stridewise.errors import OptionError, OptionTypeError
from stridewise.options import require_flag, require_integer, require_number, require_size


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


@pytest.mark.parametrize("number", [2, 2.0, np.float16(2), np.int8(2)])
def test_numbers_become_floats(number):
    assert repr(require_number("demo", "rate", number)) == "2.0"


@pytest.mark.parametrize("wrong", [10**400, -(10**400), np.inf, np.nan, -0.5])
def test_a_number_is_finite_and_in_range(wrong):
    with pytest.raises(OptionError, match=r"out of range\.\n.*a finite number >= 0\n"):
        require_number("demo", "rate", wrong)


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("2", "2"), (True, "1"), ("two", "0.1"), (None, "0.1"), (1j, "0.1"), ("-2", "0.1")],
)
def test_not_a_number_and_what_was_meant(wrong, meant):
    with pytest.raises(OptionTypeError, match=rf"not a number\.\n(.*\n)+.*rate={meant}$"):
        require_number("demo", "rate", wrong)


@pytest.mark.parametrize("flag", [True, False, 1, 0, np.True_, np.int64(0)])
def test_flags_become_bools(flag):
    assert require_flag("demo", "wide", flag) is bool(flag)


@pytest.mark.parametrize("wrong", ["no", "False", 2, -1, 1.0, None, [True], np.array([1, 0])])
def test_not_a_flag(wrong):
    with pytest.raises(OptionTypeError, match="demo: `wide` is neither true nor false"):
        require_flag("demo", "wide", wrong)
