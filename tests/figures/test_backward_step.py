"""One step of the backward pass: after the last, the drawing is the trace's own gradient."""

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.errors import OptionError
from stridewise.figures import backward_step
from stridewise.figures.backward import _BackwardStep
from stridewise.layers import AveragePool, GlobalAveragePool, MaxPool
from stridewise.networks import Sequential
from stridewise.traces import record_conv2d, record_network, record_pool2d

OPTIONS = [
    {},
    {"stride": (2, 1), "padding": ((1, 0), (0, 2))},
    {"stride": (1, 3), "padding": ((0, 2), (1, 1)), "dilation": (2, 1)},
]


def last(trace, node):
    rows, columns = trace.arrays[f"grad/{node}"].shape[:2]
    return rows - 1, columns - 1


def cropped(trace, cells):
    """The drawn gradient without its padding."""
    (top, _), (left, _) = trace.document["nodes"][0]["window"]["padding"]
    rows, columns = trace.arrays["y/x"].shape[:2]
    return cells[top : top + rows, left : left + columns]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_convolution_ends_with_the_gradient(rng, numbers, options):
    x, weight = rng.integers(-4, 5, (1, 7, 6, 2)), rng.integers(-3, 4, (3, 2, 2, 1))
    shape = record_conv2d(x, weight, **options).arrays["y/conv2d"].shape
    trace = record_conv2d(x, weight, grad_y=rng.integers(-3, 4, (1, *shape)), **options)
    for channel in range(2):
        figure = backward_step(trace, "conv2d", *last(trace, "conv2d"), input_channel=channel)
        assert_array_equal(
            cropped(trace, numbers(figure.axes[2])), trace.arrays["grad/x"][..., channel]
        )


@pytest.mark.parametrize("options", [{}, {"groups": 2}])
def test_output_channels_add_up(rng, numbers, options):
    x = rng.integers(-4, 5, (1, 4, 5, 4))
    weight = rng.integers(-3, 4, (2, 3, 4 // options.get("groups", 1), 6))
    grad_y = rng.integers(-3, 4, (1, 4, 4, 6))
    trace = record_conv2d(x, weight, grad_y=grad_y, padding=((1, 0), (1, 0)), **options)
    # The third input channel: in the second of two groups it is the first.
    channels, within = (range(3, 6), 0) if options else (range(6), 2)
    parts = [
        backward_step(trace, "conv2d", 3, 3, output_channel=channel, input_channel=within)
        for channel in channels
    ]
    total = sum(numbers(part.axes[2]) for part in parts)
    assert_array_equal(cropped(trace, total), trace.arrays["grad/x"][..., 2])


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stride": (2, 1), "padding": ((1, 0), (0, 1))},
        {"stride": (2, 3), "ceil_mode": True, "padding": ((0, 1), (1, 0))},
    ],
)
def test_a_pooling_ends_with_the_gradient(rng, numbers, kind, options):
    x = rng.integers(-3, 4, (1, 6, 7, 2))  # with many ties
    node = {"max": "max_pool2d", "average": "avg_pool2d"}[kind]
    shape = record_pool2d(x, (3, 2), kind=kind, **options).arrays[f"y/{node}"].shape
    grad_y = rng.integers(-3, 4, (1, *shape)) * 6
    trace = record_pool2d(x, (3, 2), kind=kind, grad_y=grad_y, **options)
    figure = backward_step(trace, node, *last(trace, node), output_channel=1)
    assert_allclose(
        cropped(trace, numbers(figure.axes[2])), trace.arrays["grad/x"][..., 1], atol=0.006
    )


@pytest.mark.parametrize(
    "layer",
    [
        MaxPool((2, 3), stride=(1, 2), padding=((1, 0), (1, 1)), dilation=(2, 1)),
        AveragePool(3, stride=2, padding=1, count_include_pad=False),
        GlobalAveragePool(),
    ],
)
def test_layers_of_a_network(rng, layer):
    trace = record_network(
        Sequential([layer], input_shape=(5, 6, 2)), rng.integers(-3, 4, (1, 5, 6, 2)), element=1
    )
    node = trace.document["nodes"][0]["name"]
    name = trace.document["nodes"][0]["inputs"][0]
    step = _BackwardStep("test", trace, node, 1, 0)
    dy = trace.arrays[f"grad/{node}"].reshape(*step.y.shape, -1)[..., 1]
    total = np.zeros_like(step.x)
    for output in np.ndindex(dy.shape):
        total[np.ix_(*step.covered(*output))] += step.shares(*output) * dy[output]
    (top, _), (left, _) = step.window["padding"]
    gradient = trace.arrays[f"grad/{name}"][..., 1]
    assert_allclose(total[top : top + 5, left : left + 6], gradient, rtol=1e-6, atol=1e-7)
    figure = backward_step(trace, node, *(size - 1 for size in dy.shape), output_channel=1)
    assert len(figure.axes) == 3


def test_a_step_adds_what_its_output_sends_back(rng, numbers, outlined):
    weight, grad_y = rng.integers(-3, 4, (2, 3, 1, 1)), rng.integers(1, 4, (1, 3, 2, 1))
    options = {"padding": ((1, 0), (0, 1)), "stride": (1, 2), "dilation": (2, 1)}
    trace = record_conv2d(np.ones((1, 4, 5, 1)), weight, grad_y=grad_y, **options)
    before = np.zeros((5, 6))
    for row, column in np.ndindex(3, 2):
        dy, sent, dx = backward_step(trace, "conv2d", row, column).axes
        assert_array_equal(numbers(dy), grad_y[0, ..., 0])
        assert outlined(dy) == {(row, column)}
        assert_array_equal(numbers(sent), weight[..., 0, 0] * grad_y[0, row, column, 0])
        step = numbers(dx) - before
        window = {(row + 2 * i, 2 * column + j) for i in range(2) for j in range(3)}
        assert outlined(dx) == window
        assert_array_equal([step[cell] for cell in sorted(window)], numbers(sent).ravel())
        assert np.abs(step).sum() == np.abs(numbers(sent)).sum()
        assert outlined(dx, "--") == {(i, j) for i in range(1, 5) for j in range(5)}
        before = numbers(dx)
    assert dx.get_title() == "dx_pad[2:5:2, 2:5] += …"


def test_the_words_of_poolings():
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    drawn = backward_step(record_pool2d(x, 2), "max_pool2d", 1, 0).axes
    assert [axes.get_title() for axes in drawn] == [
        "dy(1, 0) = 1",
        "mask · dy(1, 0)",
        "dx[2:4, 0:2] += …",
    ]
    drawn = backward_step(record_pool2d(x, 2, kind="average"), "avg_pool2d", 1, 0).axes
    assert drawn[1].get_title() == "dy(1, 0) / (2 · 2)"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("conv", 0, 0), "backward_step: there is no layer of that name"),
        (("conv2d", 2, 0), "row"),
        (("conv2d", 0, -1), "column"),
    ],
)
def test_what_is_not_there(arguments, message):
    trace = record_conv2d(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)))
    with pytest.raises(OptionError, match=message):
        backward_step(trace, *arguments)
    bare = {name: a for name, a in trace.arrays.items() if not name.startswith("grad/")}
    with pytest.raises(OptionError, match="no gradient of that layer"):
        backward_step(dataclasses.replace(trace, arrays=bare), "conv2d", 0, 0)
