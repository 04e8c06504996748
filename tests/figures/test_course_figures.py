"""The course's pictures: images, windows along an axis, unfolded images."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from numpy.testing import assert_array_equal

import stridewise as sw
from stridewise import geometry
from stridewise.errors import DtypeError, OptionError, OptionTypeError, ShapeError
from stridewise.figures import image, unfolded, window_starts


def titles(figure):
    return [axes.get_title() for axes in figure.axes]


def test_an_image_of_two_axes(rng, numbers):
    x = rng.integers(-9, 10, (8, 7))
    (axes,) = image(x, titles=["3"]).axes
    assert_array_equal(numbers(axes), x)
    assert axes.get_title() == "3"


@pytest.mark.parametrize("most", [255, 1.0])
def test_colours_come_first(rng, numbers, most):
    x = rng.integers(0, 256, (4, 5, 3)) if most == 255 else rng.integers(0, 101, (4, 5, 3)) / 100
    colours, *channels = image(x).axes
    assert_array_equal(colours.images[0].get_array(), x)
    assert not colours.texts
    for number, axes in enumerate(channels):
        assert_array_equal(numbers(axes), x[..., number])


@pytest.mark.parametrize("x", [np.full((2, 3, 3), -1), np.full((2, 3, 3), 1.5), np.ones((2, 3, 2))])
def test_what_is_no_colour_is_channels_alone(x):
    assert titles(image(x)) == [f"x[:, :, {channel}]" for channel in range(x.shape[2])]


def cells(axes, top):
    """The cells of the ruler (top 0) or of a window."""
    return {int(p.get_x()): p for p in axes.patches if p.get_y() == pytest.approx(top)}


@pytest.mark.parametrize(
    ("size", "kernel", "options", "formula"),
    [
        (7, 3, {"stride": 2, "padding": 1}, "floor((7 + 2·1 − 3)/2) + 1 = 4"),
        (3, 2, {"stride": 2}, "floor((3 + 2·0 − 2)/2) + 1 = 1"),
        (
            10,
            3,
            {"stride": 3, "padding": (2, 0), "dilation": 2},
            "floor((10 + 2 + 0 − 2·(3 − 1) − 1)/3) + 1 = 3",
        ),
    ],
)
def test_where_windows_start(size, kernel, options, formula):
    (axes,) = window_starts(size, kernel, **options).axes
    assert axes.get_title() == formula
    padding = options.get("padding", 0)
    before, after = padding if isinstance(padding, tuple) else (padding, padding)
    stride, dilation = options.get("stride", 1), options.get("dilation", 1)
    ruler = cells(axes, 0)
    assert {cell for cell, patch in ruler.items() if patch.get_hatch()} == {
        *range(before),
        *range(before + size, before + size + after),
    }
    positions = geometry.output_size(size, kernel, stride, before, after, dilation)
    windows = [set(cells(axes, position + 1.4)) for position in range(positions)]
    # The same in other words: what a convolution with that kernel multiplies.
    for position, window in enumerate(windows):
        chosen = np.zeros((1, positions, 1))
        chosen[0, position] = 1
        x = np.zeros((1, before + size + after, 1))
        meets = sw.conv1d_backward(
            chosen, x, np.ones((kernel, 1, 1)), stride=stride, dilation=dilation
        ).x
        assert window == set(np.flatnonzero(meets))
    assert len(axes.patches) == len(ruler) + sum(map(len, windows))
    crossed = {int(line.get_xdata()[0]) for line in axes.lines}
    assert crossed == set(ruler) - set().union(*windows)
    names = {text.get_text() for text in axes.texts}
    assert {f"y({position})" for position in range(positions)} <= names
    assert ("x_pad" in names) == (before + after > 0)


def test_padding_in_a_window_is_hatched_too():
    (axes,) = window_starts(7, 3, stride=2, padding=1).axes
    first = cells(axes, 1.4)
    assert [bool(first[cell].get_hatch()) for cell in range(3)] == [True, False, False]
    assert len({to_hex(patch.get_facecolor()) for patch in first.values()}) == 1


def test_windows_become_rows(rng, numbers, outlined):
    x = rng.integers(-9, 10, (5, 6))
    options = {"stride": (2, 1), "padding": ((1, 0), (0, 2))}
    on_image, on_matrix = unfolded(x, (3, 2), **options).axes
    rows = sw.unfold(x[None, ..., None], (3, 2), **options)[0].reshape(-1, 6)
    padded, matrix = numbers(on_image), numbers(on_matrix)
    assert_array_equal(padded, np.pad(x, ((1, 0), (0, 2))))
    assert_array_equal(matrix, rows)
    for row, style in (0, "-"), (len(rows) - 1, "--"):
        assert outlined(on_matrix, style) == {(row, column) for column in range(6)}
        assert_array_equal([padded[cell] for cell in sorted(outlined(on_image, style))], rows[row])
    names = {text.get_text() for text in on_image.texts if text.get_bbox_patch()}
    assert names == {"0", str(len(rows) - 1)}
    assert on_matrix.get_yticklabels()[-1].get_text() == str(len(rows) - 1)


def test_the_largest_matrix_keeps_its_numbers(numbers):
    x = np.arange(64).reshape(8, 8)
    assert not np.isnan(numbers(unfolded(x, 3, padding=1).axes[1])).any()
    assert_array_equal(numbers(unfolded(x, 8).axes[1]).ravel(), x.ravel())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: image(np.ones((1, 4, 5, 3))), ShapeError, "not one image"),
        (lambda: image(np.ones((4, 5, 9))), ShapeError, "at most 8 channels"),
        (lambda: image(np.ones((0, 5))), ShapeError, "not one image"),
        (lambda: image(np.ones((4, 5, 3)), titles=["a"]), OptionError, "a list of 4"),
        (lambda: image([["a"]]), DtypeError, "real numbers"),
        (lambda: window_starts(3, 5), ShapeError, "does not fit"),
        (lambda: window_starts(41, 5), OptionError, "too long"),
        (lambda: window_starts(7, 3, stride=0), OptionError, "stride"),
        (lambda: window_starts(7, 3, padding=(1, 2, 3)), OptionError, "padding"),
        (lambda: window_starts(7.5, 3), OptionTypeError, "size"),
        (lambda: unfolded(np.ones((8, 9)), 3), ShapeError, "at most 8 × 8"),
        (lambda: unfolded(np.ones((4, 5, 1)), 3), ShapeError, "wrong number of axes"),
        (lambda: unfolded(np.ones((4, 5)), 6), ShapeError, "does not fit"),
        (lambda: unfolded(np.ones((8, 8)), 3, padding=2), OptionError, "at most 64 × 64"),
    ],
)
def test_what_cannot_be_drawn(call, error, message):
    with pytest.raises(error, match=message):
        call()
