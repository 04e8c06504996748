"""Specs that were validated once: whatever is refused at first is refused ever after."""

import numpy as np
import pytest

import stridewise as sw
from stridewise.blocks import known_specs
from stridewise.blocks.known_specs import KnownSpecs
from stridewise.errors import OptionTypeError, ShapeError
from stridewise.specs import ConvSpec

X = np.arange(36.0).reshape(1, 6, 6, 1)
WEIGHT = np.ones((2, 2, 1, 1))
SPEC = ConvSpec.of("demo", (5,), 3)


@pytest.mark.parametrize("same", [True, 1.0, np.float64(1)])
def test_what_equals_a_known_stride_is_refused_all_the_same(same):
    sw.conv2d(X, WEIGHT, stride=1)
    sw.max_pool2d(X, 2, stride=1)
    with pytest.raises(OptionTypeError, match="`stride` is not an integer"):
        sw.conv2d(X, WEIGHT, stride=same)
    with pytest.raises(OptionTypeError, match="`stride` is not an integer"):
        sw.max_pool2d(X, 2, stride=same)
    with pytest.raises(OptionTypeError, match="`stride` is not an integer"):
        sw.conv2d(X, WEIGHT, stride=(1, same))


@pytest.mark.parametrize("flag", ["ceil_mode", "count_include_pad"])
def test_what_equals_a_known_flag_is_refused_all_the_same(flag):
    known = sw.avg_pool2d(X, 3, stride=2, padding=1, **{flag: True})
    np.testing.assert_array_equal(sw.avg_pool2d(X, 3, stride=2, padding=1, **{flag: 1}), known)
    with pytest.raises(OptionTypeError, match=f"`{flag}` is neither true nor false"):
        sw.avg_pool2d(X, 3, stride=2, padding=1, **{flag: 1.0})


def test_other_flags_are_other_specs():
    without, including = (
        sw.avg_pool2d(X, 3, stride=2, padding=1, count_include_pad=flag)[0, 0, 0, 0]
        for flag in (False, True)
    )
    assert (without, including) == (3.5, 14 / 9)


def test_arrays_of_other_shapes_are_checked_again():
    assert sw.conv2d(X, WEIGHT).shape == (1, 5, 5, 1)
    with pytest.raises(ShapeError, match="channels"):
        sw.conv2d(X[:, :, :3].reshape(1, 6, 1, 3), WEIGHT)


def test_lists_are_options_too_though_they_are_no_keys():
    for _ in range(2):
        assert sw.conv2d(X, WEIGHT, stride=[2, 3]).shape == (1, 3, 2, 1)


def test_none_is_no_key():
    known = KnownSpecs()
    assert known.keep(None, SPEC) is SPEC
    assert known.find(None) is None


def test_a_full_memory_begins_anew(monkeypatch):
    monkeypatch.setattr(known_specs, "_MOST", 2)
    known = KnownSpecs()
    for key in ("a", "b", "c"):
        known.keep((key,), SPEC)
    assert [known.find((key,)) for key in ("a", "b", "c")] == [None, None, SPEC]
