"""stridewise.testing: engines against each other."""

import numpy as np
import pytest

from stridewise.engines import engine_info
from stridewise.errors import EngineError
from stridewise.testing import EngineMismatchError, check_engines_agree

OTHERS = [name for name in engine_info().available if name != "loops"]


def on_loops(right, wrong):
    """A call whose result depends on the engine."""
    return lambda: right if engine_info().in_use == "loops" else wrong


def test_every_engine_is_called_and_the_reference_first():
    called = []

    def call():
        called.append(engine_info().in_use)
        return np.zeros(1)

    check_engines_agree(call)
    assert called == ["loops", *OTHERS]


def test_the_engine_in_use_is_what_it_was():
    before = engine_info()
    check_engines_agree(lambda: np.zeros(1))
    assert engine_info() == before


def test_another_reference():
    call = on_loops(np.array([1.0]), np.array([2.0]))
    with pytest.raises(EngineMismatchError, match=r"'loops' differs from 'numpy'"):
        check_engines_agree(call, reference="numpy")


def test_an_unknown_reference():
    with pytest.raises(EngineError, match="try:      'numpy'"):
        check_engines_agree(lambda: np.zeros(1), reference="nunpy")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ([[1.0, 2.0]], [[1.0, 2.5]], r"1 wrong, worst at \(0, 1\): 2\.5, 'loops' gives 2\.0"),
        ([1.0, 2.0], [1.1, 3.0], r"2 wrong, worst at \(1,\)"),
        ([1.0, 2.0], [1.0, np.nan], r"worst at \(1,\): nan, 'loops' gives 2\.0"),
        ([np.nan], [0.0], r"worst at \(0,\): 0\.0, 'loops' gives nan"),
        ([np.inf], [-np.inf], r"-inf, 'loops' gives inf"),
        ([np.inf], [1.0], r"1\.0, 'loops' gives inf"),
        ([3, 4], [3, 5], r"5, 'loops' gives 4"),
        ([True], [False], r"False, 'loops' gives True"),
        ([1.0, 2.0], [1.0], r"shape \(2,\)\n.*shape \(1,\)"),
        ([1.0], [1], r"float64 .*\n.*int64"),
    ],
)
def test_differences_are_found_and_named(right, wrong, message):
    with pytest.raises(EngineMismatchError, match=message) as caught:
        check_engines_agree(on_loops(np.array(right), np.array(wrong)))
    assert str(caught.value).startswith(f"check_engines_agree: {OTHERS[0]!r} differs from 'loops'")


def test_float32_for_float64_is_found_even_if_equal():
    call = on_loops(np.ones(2), np.ones(2, np.float32))
    with pytest.raises(AssertionError, match=r"float64 .*\n.*float32"):
        check_engines_agree(call)


def test_tuples_are_compared_one_by_one():
    right = (np.zeros(2), np.zeros((2, 2)))
    check_engines_agree(lambda: right)
    wrong = (np.zeros(2), np.eye(2) * 3)
    with pytest.raises(EngineMismatchError, match=r"array 1: 2 wrong, worst at \(0, 0\): 3\.0"):
        check_engines_agree(on_loops(right, wrong))
    with pytest.raises(EngineMismatchError, match=r"2 arrays\n.*1 arrays"):
        check_engines_agree(on_loops(right, right[:1]))


def test_equal_nans_and_infinities_agree():
    right = np.array([np.nan, np.inf, -np.inf, 0.0])
    check_engines_agree(on_loops(right, right.copy()))


def test_a_buffer_that_is_used_again_does_not_hide_a_difference():
    buffer = np.zeros(1)

    def call():
        buffer[:] = engine_info().in_use == "loops"
        return buffer

    with pytest.raises(EngineMismatchError, match=r"0\.0, 'loops' gives 1\.0"):
        check_engines_agree(call)


@pytest.mark.parametrize(("dtype", "slack"), [("f8", 1e-10), ("f4", 1e-5), ("f2", 2e-3)])
def test_usual_tolerances_follow_the_dtype(dtype, slack):
    right = np.ones(1, dtype)
    check_engines_agree(on_loops(right, (right * (1 + slack / 2)).astype(dtype)))
    with pytest.raises(EngineMismatchError, match="1 wrong"):
        check_engines_agree(on_loops(right, (right * (1 + slack * 4)).astype(dtype)))


@pytest.mark.parametrize("own", [{"rtol": 0.1}, {"atol": 0.1}])
def test_own_tolerances(own):
    check_engines_agree(on_loops(np.array([1.0]), np.array([1.05])), **own)
    with pytest.raises(EngineMismatchError, match=r"1\.2, 'loops' gives 1\.0"):
        check_engines_agree(on_loops(np.array([1.0]), np.array([1.2])), **own)
