"""Padding by hand, against np.pad line by line, and its backward as the adjoint."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from stridewise import StridewiseError, pad, pad_backward
from stridewise.testing import check_gradients

MODES = ["constant", "reflect", "edge", "wrap"]
nan = np.nan


def row(*values):
    """One example, one channel, one row."""
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("mode", "widths", "wanted"),
    [
        ("constant", 1, [0, 4, 5, 6, 0]),
        ("constant", (2,), [0, 0, 4, 5, 6, 0, 0]),
        ("constant", ((2, 1),), [0, 0, 4, 5, 6, 0]),
        ("constant", ((0, 0),), [4, 5, 6]),
        ("reflect", ((2, 1),), [6, 5, 4, 5, 6, 5]),
        ("reflect", ((0, 2),), [4, 5, 6, 5, 4]),
        # wider than the input: the mirror image is mirrored again
        ("reflect", ((0, 5),), [4, 5, 6, 5, 4, 5, 6, 5]),
        ("reflect", ((6, 0),), [6, 5, 4, 5, 6, 5, 4, 5, 6]),
        ("edge", ((3, 1),), [4, 4, 4, 4, 5, 6, 6]),
        ("edge", ((0, 4),), [4, 5, 6, 6, 6, 6, 6]),
        ("wrap", ((2, 1),), [5, 6, 4, 5, 6, 4]),
        ("wrap", ((4, 5),), [6, 4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5]),
    ],
)
def test_one_row_by_hand(mode, widths, wanted):
    assert_array_equal(pad(row(4, 5, 6), widths, mode).ravel(), wanted)


@pytest.mark.parametrize("value", [-2.5, nan, np.inf, -np.inf, 3])
def test_the_value_of_a_constant_frame(value):
    y = pad(row(4, 5), ((1, 2),), value=value)
    assert_array_equal(y.ravel(), [value, 4, 5, value, value])


@pytest.mark.parametrize("mode", ["reflect", "edge", "wrap"])
def test_the_value_matters_to_constant_frames_only(mode):
    assert_array_equal(pad(row(4, 5, 6), 1, mode, value=99.0), pad(row(4, 5, 6), 1, mode))


def test_a_mirror_of_one_element_repeats_it():
    assert_array_equal(pad(row(7), ((2, 1),), "reflect").ravel(), [7, 7, 7, 7])
    assert pad_backward(np.ones((1, 4, 1)), row(7), ((2, 1),), "reflect").item() == 4


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("constant", [3, 4, 5]),
        ("reflect", [3, 4 + 2 + 6, 5 + 1]),  # of 6 5 | 4 5 6 | 5
        ("edge", [1 + 2 + 3, 4, 5 + 6]),
        ("wrap", [3 + 6, 4 + 1, 5 + 2]),
    ],
)
def test_each_element_of_the_frame_gives_back_to_its_source(mode, wanted):
    grad_y = row(1, 2, 3, 4, 5, 6)
    assert_array_equal(pad_backward(grad_y, row(0, 0, 0), ((2, 1),), mode).ravel(), wanted)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("shape", "widths"),
    [
        ((2, 5, 3), ((1, 4),)),
        ((2, 5, 4, 3), ((1, 0), (2, 7))),
        ((2, 3, 5, 4, 6), ((0, 2), (1, 3), (4, 9))),
    ],
)
def test_only_the_spatial_axes_are_padded(rng, mode, shape, widths):
    x = rng.standard_normal(shape)
    wanted = x
    for axis, (before, after) in enumerate(widths, start=1):  # one axis, one line at a time
        size = x.shape[axis]
        places = np.arange(-before, size + after)
        period = max(2 * (size - 1), 1)
        sources = {
            "constant": np.clip(places, 0, size - 1),
            "edge": np.clip(places, 0, size - 1),
            "wrap": places % size,
            "reflect": (size - 1) - np.abs((places % period) - (size - 1)),
        }[mode]
        wanted = wanted.take(sources, axis=axis)
        if mode == "constant":
            moved = np.moveaxis(wanted, axis, 0)
            moved[(places < 0) | (places >= size)] = 0
    y = pad(x, widths, mode)
    assert y.shape == wanted.shape
    assert_array_equal(y, wanted)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("shape", "widths"),
    [((2, 4, 3), ((3, 1),)), ((2, 3, 4, 1), ((0, 5), (2, 1))), ((1, 2, 3, 4, 2), (1, 0, (3, 2)))],
)
def test_gradients(rng, mode, shape, widths):
    check_gradients(
        lambda x: pad(x, widths, mode, 1.5),
        lambda grad_y, x: pad_backward(grad_y, x, widths, mode, 1.5),
        [rng.standard_normal(shape)],
    )


@st.composite
def problems(draw):
    rank = draw(st.integers(1, 3))
    sizes = draw(st.tuples(*[st.integers(1, 5)] * rank))
    widths = draw(st.tuples(*[st.tuples(*[st.integers(0, 9 - 2 * rank)] * 2)] * rank))
    return draw(st.sampled_from(MODES)), (2, *sizes, 3), widths, draw(st.integers(0, 2**32))


@given(problems())
def test_backward_is_the_adjoint(problem):
    mode, shape, widths, seed = problem
    random = np.random.default_rng(seed)
    x = random.integers(-9, 10, shape).astype(float)
    y = pad(x, widths, mode)
    grad_y = random.integers(-9, 10, y.shape).astype(float)
    grad_x = pad_backward(grad_y, x, widths, mode)
    assert grad_x.shape == x.shape
    assert np.vdot(y, grad_y) == np.vdot(x, grad_x)  # integers: exact


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("dtype", "result"),
    [("f2", "f2"), ("f4", "f4"), ("f8", "f8"), ("i4", "f8"), ("u1", "f8"), ("?", "f8")],
)
def test_dtypes(mode, dtype, result):
    x = np.array([0, 1, 1, 0, 1]).astype(dtype).reshape(1, 5, 1)
    y = pad(x, ((1, 2),), mode)
    assert y.dtype == result
    assert_array_equal(y, pad(x.astype("f8"), ((1, 2),), mode))
    assert pad_backward(y, x, ((1, 2),), mode).dtype == result
    mixed = pad_backward(y.astype("f4"), x, ((1, 2),), mode)
    assert mixed.dtype == np.result_type("f4", dtype)


@pytest.mark.parametrize("mode", MODES)
def test_strange_memory_gives_the_same_and_is_not_written_to(rng, mode):
    x = rng.standard_normal((3, 5, 4, 2))
    y = pad(x, ((1, 2), (0, 3)), mode)
    grad_x = pad_backward(y, x, ((1, 2), (0, 3)), mode)
    for strange in (np.asfortranarray(x), x[:, ::-1][:, ::-1], np.repeat(x, 2, axis=2)[:, :, ::2]):
        strange.flags.writeable = False
        assert_array_equal(pad(strange, ((1, 2), (0, 3)), mode), y)
        grad_y = np.asfortranarray(y)
        grad_y.flags.writeable = False
        assert_array_equal(pad_backward(grad_y, strange, ((1, 2), (0, 3)), mode), grad_x)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_to_pad_is_a_copy(mode):
    x = row(1, 2, 3)
    y = pad(x, 0, mode)
    y[:] = 9
    assert_array_equal(x, row(1, 2, 3))
    pad_backward(x, x, 0, mode)[:] = 9
    assert_array_equal(x, row(1, 2, 3))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [(0, 2, 3, 4), (5, 2, 3, 0)])
def test_an_empty_batch_and_no_channels(mode, shape):
    y = pad(np.zeros(shape), (1, (2, 4)), mode)
    assert y.shape == (shape[0], 4, 9, shape[3])
    assert pad_backward(y, np.zeros(shape), (1, (2, 4)), mode).shape == shape


def test_an_empty_axis_can_be_made_of_a_constant():
    y = pad(np.zeros((2, 0, 3)), ((1, 2),), value=5.0)
    assert_array_equal(y, np.full((2, 3, 3), 5.0))
    assert pad_backward(y, np.zeros((2, 0, 3)), ((1, 2),)).shape == (2, 0, 3)


def test_nan_passes():
    assert_array_equal(pad(row(nan, 1), 1, "edge").ravel(), [nan, nan, 1, 1])
    assert_array_equal(pad_backward(row(nan, 2, 3), row(1), 1, "constant").ravel(), [2])


ZEROS = np.zeros((2, 3, 4, 5))


@pytest.mark.parametrize("call", [pad, lambda x, *options: pad_backward(x, x, *options)])
@pytest.mark.parametrize(
    ("x", "options", "kind", "message"),
    [
        (ZEROS, (1, "mirror"), ValueError, r"`mode` has an unknown name(.|\n)*'mirror'"),
        (ZEROS, (1, "refelct"), ValueError, "try:      mode='reflect'"),
        (ZEROS, (1, None), ValueError, "`mode` has an unknown name"),
        (ZEROS[0, 0], (1,), ValueError, "`x` has the wrong number of axes"),
        (ZEROS[None, None], (1,), ValueError, "`x` has the wrong number of axes"),
        (ZEROS, (-1,), ValueError, "`widths` is out of range"),
        (ZEROS, (((0, -1), 1),), ValueError, "`widths` is out of range"),
        (ZEROS, (10**9,), ValueError, "larger than any memory"),
        (ZEROS, (1.5,), TypeError, "`widths` is not an integer"),
        (ZEROS, (True,), TypeError, "`widths` is not an integer"),
        (ZEROS, ("same",), TypeError, "`widths` is not an integer"),
        (ZEROS, ((1, 2, 3),), ValueError, "`widths` has the wrong form"),
        (ZEROS, (((1, 2, 3), 1),), ValueError, "`widths` has the wrong form"),
        (ZEROS[:, :0], (1, "edge"), ValueError, "an empty axis cannot be continued"),
        (ZEROS[:, :0], (((0, 1), 0), "wrap"), ValueError, "an empty axis cannot be continued"),
        (ZEROS.astype(complex), (1,), TypeError, "does not hold real numbers"),
    ],
)
def test_errors(call, x, options, kind, message):
    with pytest.raises(kind, match=message) as caught:
        call(x, *options)
    assert isinstance(caught.value, StridewiseError)


def test_grad_y_of_the_wrong_shape():
    needed = r"grad_y.shape=\(2, 6, 6, 5\), the shape of the padded `x`"
    with pytest.raises(ValueError, match=needed):
        pad_backward(ZEROS, ZEROS, ((1, 2), 1))


def test_an_empty_axis_that_is_left_alone():
    y = pad(ZEROS[:, :0], (0, 1), "edge")
    assert y.shape == (2, 0, 6, 5)
    assert_allclose(pad_backward(y, ZEROS[:, :0], (0, 1), "edge"), ZEROS[:, :0])
