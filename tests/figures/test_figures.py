"""Figures: what is drawn is what the traces hold."""

import importlib
import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

import stridewise as sw
import stridewise.figures
from stridewise.errors import MissingExtraError, OptionError, OptionTypeError, ShapeError
from stridewise.figures import (
    animate_window,
    feature_maps,
    filters,
    gradients,
    padding,
    window,
)
from stridewise.networks import lenet5
from stridewise.traces import record_conv2d, record_network, record_pool2d


@pytest.fixture
def trace(rng):
    x, weight = rng.integers(-4, 5, (1, 6, 7, 4)), rng.integers(-2, 3, (3, 2, 2, 6))
    options = {"stride": (2, 1), "padding": ((1, 0), (2, 1)), "dilation": (1, 2), "groups": 2}
    return record_conv2d(x, weight, **options)


def test_padding_before_and_after(rng, numbers):
    x = rng.integers(-9, 9, (2, 3, 4, 2)).astype(np.float64)
    figure = padding(x, ((1, 2), (3, 0)), channel=1)
    before, after = figure.axes
    assert_array_equal(numbers(before), x[0, ..., 1])
    assert_array_equal(numbers(after), sw.pad(x, ((1, 2), (3, 0)))[0, ..., 1])
    (frame,) = after.patches
    assert (frame.get_y(), frame.get_x(), frame.get_height(), frame.get_width()) == (
        0.5,
        2.5,
        3,
        4,
    )


def test_padding_of_something_else():
    with pytest.raises(ShapeError, match="wrong number of axes"):
        padding(np.ones((3, 4)), 1)


@pytest.mark.parametrize(("row", "column", "channel"), [(0, 0, 0), (1, 3, 4), (2, 5, 5)])
def test_the_window_covers_what_makes_the_output(trace, row, column, channel, numbers, outlined):
    figure = window(trace, "conv2d", row, column, output_channel=channel, input_channel=1)
    x_axes, weight_axes, y_axes = figure.axes
    x, weight, y = (numbers(axes) for axes in figure.axes)
    group = channel // 3
    wanted = np.pad(trace.arrays["y/x"][..., group * 2 + 1], ((1, 0), (2, 1)))
    assert_array_equal(x, wanted)
    assert_array_equal(weight, trace.arrays["weight/conv2d/weight"][..., 1, channel])
    assert_array_equal(y, trace.arrays["y/conv2d"][..., channel])
    cells = sorted(outlined(x_axes))
    assert len(cells) == weight.size
    other = window(trace, "conv2d", row, column, output_channel=channel, input_channel=0)
    sums = [
        sum(
            numbers(each.axes[0])[cell] * w
            for cell, w in zip(cells, numbers(each.axes[1]).ravel(), strict=True)
        )
        for each in (figure, other)
    ]
    assert_allclose(sum(sums), y[row, column])
    assert outlined(y_axes) == {(row, column)}
    assert not weight_axes.patches


def test_the_window_of_a_pooling(numbers, outlined):
    trace = record_pool2d(np.arange(16.0).reshape(1, 4, 4, 1), 2)
    x_axes, y_axes = window(trace, "max_pool2d", 1, 0).axes
    assert outlined(x_axes) == {(2, 0), (2, 1), (3, 0), (3, 1)}
    assert numbers(y_axes)[1, 0] == 13


def test_maps_filters_and_gradients(rng):
    network = lenet5()
    trace = record_network(network, rng.standard_normal((1, 28, 28, 1)))
    for figure, count in (
        (feature_maps(trace, "conv2d_2"), 16),
        (feature_maps(trace, "conv2d_2", most=5), 5),
        (feature_maps(trace, "dense_3"), 1),
        (filters(trace, "conv2d_2", input_channel=5), 16),
        (gradients(trace, "input"), 1),
    ):
        assert sum(axes.get_visible() for axes in figure.axes) == count
        figure.canvas.draw_idle()
    scale = np.abs(trace.arrays["grad/input"]).max()
    shown = gradients(trace, "input").axes[0].images[0].get_array()
    given = trace.arrays["grad/input"][..., 0]
    assert_allclose(np.sign(shown) * shown**2 * scale, given, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: window(t, "conv", 0, 0), "no layer of that name"),
        (lambda t: window(t, "x", 0, 0), "no layer of that name"),
        (lambda t: window(t, "conv2d", 99, 0), "row"),
        (lambda t: window(t, "conv2d", 0, -1), "column"),
        (lambda t: window(t, "conv2d", 0, 0, output_channel=6), "output_channel"),
        (lambda t: window(t, "conv2d", 0, 0, input_channel=2), "input_channel"),
        (lambda t: filters(t, "conv2d", input_channel=2), "input_channel"),
        (lambda t: filters(t, "x"), "no such array"),
        (lambda t: feature_maps(t, "conv2d", most=0), "most"),
    ],
)
def test_what_is_not_there(trace, call, message):
    with pytest.raises((OptionError, OptionTypeError), match=message):
        call(trace)


def test_an_animation_has_a_picture_for_every_output(tmp_path):
    trace = record_conv2d(np.ones((1, 4, 5, 1)), np.ones((2, 2, 1, 1)), stride=2)
    path = tmp_path / "conv.gif"
    assert animate_window(trace, "conv2d", path, milliseconds=50) == 4
    with Image.open(path) as picture:
        assert (picture.format, picture.n_frames, picture.info["duration"]) == ("GIF", 4, 50)
        frames = []
        for number in range(4):
            picture.seek(number)
            frames.append(np.asarray(picture.convert("RGB")))
    for one, other in itertools.pairwise(frames):
        assert (one != other).any()


def test_an_animation_has_an_end(tmp_path):
    trace = record_pool2d(np.ones((1, 42, 42, 1)), 2)
    with pytest.raises(OptionError, match="too many outputs"):
        animate_window(trace, "max_pool2d", tmp_path / "pool.gif")
    assert not list(tmp_path.iterdir())


def test_without_matplotlib(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'stridewise\[train\]'"):
        importlib.reload(stridewise.figures)
