"""ConvSpec and PoolSpec: every form of an option, and every refusal."""

import ast
import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridewise.axis_options import axis_ints, axis_padding
from stridewise.errors import OptionError, OptionTypeError, ShapeError
from stridewise.geometry import Axis
from stridewise.specs import ConvSpec, PoolSpec

SPECS = [ConvSpec, PoolSpec]


def conv(size=(5, 7), kernel=(2, 3), **options):
    return ConvSpec.of("demo", size, kernel, **options)


def pool(size=(5, 7), kernel=(2, 3), **options):
    return PoolSpec.of("demo", size, kernel, **options)


@pytest.mark.parametrize(
    "value",
    [2, np.int64(2), np.array(2), (2, 2), [2, 2], np.array([2, 2]), np.uint8([2, 2]), range(2, 3)],
)
def test_one_integer_or_one_an_axis(value):
    rank = 1 if isinstance(value, range) else 2
    values = axis_ints("demo", "stride", value, rank, 1)
    assert values == (2,) * rank
    assert {type(each) for each in values} == {int}


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        (0, ((0, 0), (0, 0))),
        (3, ((3, 3), (3, 3))),
        ((1, 2), ((1, 1), (2, 2))),
        ([[1, 2], [3, 4]], ((1, 2), (3, 4))),
        ([1, (0, 2)], ((1, 1), (0, 2))),
        (np.array([[1, 2], [3, 4]]), ((1, 2), (3, 4))),
    ],
)
def test_forms_of_padding(value, pairs):
    assert axis_padding("demo", "padding", value, 2) == pairs
    assert conv(padding=value).padding == pairs


@pytest.mark.parametrize(
    ("name", "pairs", "output_size"),
    [
        ("valid", ((0, 0), (0, 0)), (2, 2)),
        ("same", ((0, 1), (1, 2)), (3, 3)),
        ("same_lower", ((1, 0), (2, 1)), (3, 3)),
    ],
)
def test_names_of_padding(name, pairs, output_size):
    spec = conv((5, 7), (2, 4), stride=(2, 3), padding=name)
    assert (spec.padding, spec.output_size) == (pairs, output_size)


def test_a_spec_has_all_integers_axis_by_axis():
    spec = conv(stride=(1, 2), padding=((1, 0), (2, 3)), dilation=(3, 1), groups=2)
    assert spec.axes == (Axis(5, 2, 1, 1, 0, 3, 3), Axis(7, 3, 2, 2, 3, 1, 5))
    assert (spec.rank, spec.output_size, spec.groups, spec.ceil_mode) == (2, (3, 5), 2, False)


def test_specs_are_frozen_hashable_and_equal_whatever_the_operation():
    spec, same = conv(stride=2), ConvSpec.of("other", (5, 7), [2, 3], stride=(2, 2))
    assert spec == same
    assert hash(spec) == hash(same)
    assert len({spec, same, conv(stride=1), pool(stride=2)}) == 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.groups = 3


def test_a_pool_moves_by_its_kernel_unless_told():
    assert pool().stride == (2, 3)
    assert pool(stride=1).stride == (1, 1)


@pytest.mark.parametrize("flag", ["ceil_mode", "count_include_pad"])
def test_flags_of_a_pool_become_bools(flag):
    assert getattr(pool(**{flag: np.True_}), flag) is True
    assert getattr(pool(**{flag: 0}), flag) is False


def test_ceil_mode_counts_an_overhanging_window():
    assert pool((5, 7), 2).output_size == (2, 3)
    assert pool((5, 7), 2, ceil_mode=True).output_size == (3, 4)


@pytest.mark.parametrize("name", ["same", "same_lower"])
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4))
def test_same_padding_never_leaves_a_pool_nothing_but_padding(name, size, kernel, stride):
    spec = PoolSpec.of("demo", (size,), kernel, stride=stride, padding=name)
    assert spec.output_size == (-(-size // stride),)


@pytest.mark.parametrize("make", SPECS)
@pytest.mark.parametrize("name", ["stride", "dilation", "kernel_size"])
@pytest.mark.parametrize(
    ("value", "error", "problem"),
    [
        (0, OptionError, "is out of range"),
        (-1, OptionError, "is out of range"),
        ((1, 0), OptionError, "is out of range"),
        (2**31, OptionError, "is out of range"),
        (1.0, OptionTypeError, "is not an integer"),
        (np.float64(2), OptionTypeError, "is not an integer"),
        (True, OptionTypeError, "is not an integer"),
        (np.True_, OptionTypeError, "is not an integer"),
        ("2", OptionTypeError, "is not an integer"),
        ((1, 2.5), OptionTypeError, "is not an integer"),
        ((1, None), OptionTypeError, "is not an integer"),
        ({1, 2}, OptionTypeError, "is not an integer"),
        ((1,), OptionError, "has the wrong form"),
        ((1, 1, 1), OptionError, "has the wrong form"),
        ((), OptionError, "has the wrong form"),
    ],
    ids=repr,
)
def test_wrong_integers_are_refused(make, name, value, error, problem):
    options = {"kernel_size": 2, "stride": 1, name: value}
    with pytest.raises(error, match=rf"(?s)demo: `{name}` {problem}.*received: {name}=.*try: "):
        make.of("demo", (5, 7), **options)


@pytest.mark.parametrize("make", SPECS)
@pytest.mark.parametrize(
    ("value", "error", "problem"),
    [
        (-1, OptionError, "is out of range"),
        ((0, -1), OptionError, "is out of range"),
        (((0, 0), (0, -2)), OptionError, "is out of range"),
        (1.5, OptionTypeError, "is not an integer"),
        (False, OptionTypeError, "is not an integer"),
        (None, OptionTypeError, "is not an integer"),
        (b"same", OptionTypeError, "is not an integer"),
        (((0, 1.0), 1), OptionTypeError, "is not an integer"),
        ((1,), OptionError, "has the wrong form"),
        ((1, 1, 1), OptionError, "has the wrong form"),
        ((1, (1, 1, 1)), OptionError, "has the wrong form"),
        ((1, (1,)), OptionError, "has the wrong form"),
        ("SAME", OptionError, "has an unknown name"),
        ("", OptionError, "has an unknown name"),
    ],
    ids=repr,
)
def test_wrong_padding_is_refused(make, value, error, problem):
    with pytest.raises(error, match=rf"(?s)demo: `padding` {problem}.*received: padding="):
        make.of("demo", (5, 7), 2, padding=value)


def test_a_misspelt_padding_gets_the_nearest_name():
    with pytest.raises(OptionError, match=r"try:      padding='same_lower'"):
        conv(padding="same-lower")


@pytest.mark.parametrize(
    ("groups", "error", "problem"),
    [
        (0, OptionError, "is out of range"),
        (-2, OptionError, "is out of range"),
        (1.0, OptionTypeError, "is not an integer"),
        (True, OptionTypeError, "is not an integer"),
        ((1, 1), OptionTypeError, "is not an integer"),
    ],
    ids=repr,
)
def test_wrong_groups_are_refused(groups, error, problem):
    with pytest.raises(error, match=rf"(?s)demo: `groups` {problem}.*received: groups="):
        conv(groups=groups)


@pytest.mark.parametrize("make", SPECS)
@pytest.mark.parametrize(
    ("size", "axes"),
    [((0,), "positions"), ((3, 0), "rows and columns"), ((0, 2, 2), "depth, rows and columns")],
)
def test_an_empty_axis_is_refused(make, size, axes):
    message = rf"(?s)the input has an empty spatial axis.*in {axes}\n.*only the batch may be empty"
    with pytest.raises(ShapeError, match=message):
        make.of("demo", size, 1)


@pytest.mark.parametrize("make", SPECS)
@pytest.mark.parametrize(
    ("size", "options", "needed", "received", "hint"),
    [
        (
            (4, 7),
            {"kernel_size": 5},
            "kernel_size <= padded size, in rows and columns",
            r"kernel_size=\(5, 5\), padded size=\(4, 7\)",
            r"padding=\(\(1, 0\), \(0, 0\)\), or a smaller kernel",
        ),
        (
            (3,),
            {"kernel_size": 3, "dilation": 4, "padding": ((1, 2),)},
            r"dilation \* \(kernel_size - 1\) \+ 1 <= padded size, in positions",
            r"kernel_size=\(3,\), dilation=\(4,\), padded size=\(6,\)",
            r"padding=\(\(3, 3\),\), or a smaller kernel",
        ),
    ],
)
def test_a_kernel_that_does_not_fit_is_refused(make, size, options, needed, received, hint):
    message = f"(?s)`kernel_size` does not fit the padded input.*{needed}\n.*{received}.*{hint}"
    with pytest.raises(ShapeError, match=message):
        make.of("demo", size, stride=1, **options)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.integers(0, 4))
def test_what_the_refusal_says_to_try_works(size, kernel, dilation, padding):
    try:
        ConvSpec.of("demo", (size,), kernel, dilation=dilation, padding=padding)
    except ShapeError as error:
        hint = str(error).rpartition("padding=")[2].removesuffix(", or a smaller kernel")
        pairs = ast.literal_eval(hint)
        assert ConvSpec.of("demo", (size,), kernel, dilation=dilation, padding=pairs).axes


@pytest.mark.parametrize(
    ("options", "received"),
    [
        ({"kernel_size": 2, "padding": 2}, r"padding=\(\(2, 2\), \(2, 2\)\), kernel_size=\(2, 2\)"),
        ({"kernel_size": (3, 1), "padding": ((0, 0), (0, 1))}, r"\(0, 1\)\), kernel_size=\(3, 1\)"),
        ({"kernel_size": 3, "padding": 5, "dilation": 2}, r"padding=\(\(5, 5\), \(5, 5\)\)"),
    ],
)
def test_a_pool_needs_less_padding_than_its_window(options, received):
    message = rf"(?s)`padding` leaves a window nothing but padding.*received: .*{received}"
    with pytest.raises(OptionError, match=message):
        PoolSpec.of("demo", (5, 7), **options)
    assert ConvSpec.of("demo", (5, 7), **options).padding


def test_a_pool_may_have_one_less_than_its_window():
    assert pool((5, 7), 3, padding=2, stride=1).output_size == (7, 9)
    assert pool((5, 7), 2, padding=2, dilation=2, stride=1).output_size == (7, 9)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ((2, 16, 12, 6), r"\(16, 12\)"),  # with the batch and the channels
        ((np.int64(5), 4, 3), r"\(5, 4\)"),
        ((2, 0, 12, 6), r"\(1, 1\)"),
        ((2, "a", 12, 6), r"\(1, 1\)"),
        ((5,), r"\(1, 1\)"),
    ],
)
def test_the_hint_for_a_wrong_length_is_what_was_meant(value, hint):
    with pytest.raises(OptionError, match=rf"try: +size={hint}"):
        axis_ints("demo", "size", value, 2, 1)
