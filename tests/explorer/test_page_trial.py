"""Other options of a layer, tried out in the page: the same numbers as the blocks, and sliders that
never leave what is possible."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import stridewise as sw
from stridewise.errors import StridewiseError
from stridewise.explorer.numbers import embedded
from stridewise.layers import GlobalAveragePool
from stridewise.networks import Sequential
from stridewise.traces import record_conv2d, record_network, record_pool2d
from tests.explorer.grids import cell, grid, marked, numbers

SUMS = Path(__file__).with_name("sums.js").read_text("utf-8")
NEAR = {"rtol": 1e-4, "atol": 1e-4}


def tried(page, trace, trial):
    return page.evaluate(SUMS, [json.loads(embedded(trace)), trial])


def resized(weight, size):
    """Weights cut, or filled up with zeros, around their middle."""
    found = np.zeros((size, size, *weight.shape[2:]))
    for place in np.ndindex(size, size):
        own = [at - (size - k) // 2 for at, k in zip(place, weight.shape[:2], strict=True)]
        if all(0 <= at < k for at, k in zip(own, weight.shape[:2], strict=True)):
            found[place] = weight[tuple(own)]
    return found


@pytest.mark.parametrize(
    ("trial", "groups"),
    [
        ({"stride": 2}, 1),
        ({"kernel": 5, "padding": 3}, 2),
        ({"kernel": 2, "stride": 3}, 1),
        ({"kernel": 1, "padding": 0}, 2),
        ({"padding": 2, "dilation": 3}, 1),
        ({"kernel": 4, "stride": 2, "padding": 1, "dilation": 2}, 2),
    ],
)
def test_a_convolution_with_other_options(page, rng, trial, groups):
    x, bias = rng.standard_normal((1, 8, 9, 4)), rng.standard_normal(6)
    weight = rng.standard_normal((3, 3, 4 // groups, 6))
    trace = record_conv2d(x, weight, bias, padding=1, groups=groups)
    options = {"padding": 1} | {k: v for k, v in trial.items() if k != "kernel"}
    weight = resized(weight, trial.get("kernel", 3))
    y = sw.conv2d(x, weight, bias, groups=groups, **options)
    back = sw.conv2d_backward(np.ones_like(y), x, weight, groups=groups, **options)
    found = tried(page, trace, trial)
    assert found["shape"] == [*y.shape]
    assert_allclose(found["y"], y.ravel(), **NEAR)
    assert_allclose(found["gradX"], back.x.ravel(), **NEAR)
    assert_allclose(found["gradWeight"], back.weight.ravel(), **NEAR)
    assert_allclose(found["shown"]["y"], y[..., 0].ravel(), **NEAR)
    assert_allclose(found["shown"]["gradX"], back.x[..., 0].ravel(), **NEAR)
    assert_allclose(found["shown"]["gradWeight"], back.weight[..., 0, 0].ravel(), **NEAR)


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("trial", [{"stride": 1}, {"kernel": 3, "padding": 2}, {"kernel": 5}])
def test_a_pooling_with_other_options(page, rng, kind, trial):
    x = rng.integers(-5, 5, (1, 7, 6, 2)).astype(np.float64)
    trace = record_pool2d(x, 2, kind=kind, stride=2)
    forward, backward = {
        "max": (sw.max_pool2d, sw.max_pool2d_backward),
        "average": (sw.avg_pool2d, sw.avg_pool2d_backward),
    }[kind]
    options = {"stride": 2} | {k: v for k, v in trial.items() if k != "kernel"}
    y = forward(x, trial.get("kernel", 2), **options)
    gradient = backward(np.ones_like(y), x, trial.get("kernel", 2), **options)
    found = tried(page, trace, trial)
    assert_allclose(found["shown"]["y"], y[..., 0].ravel(), **NEAR)
    assert_allclose(found["shown"]["gradX"], gradient[..., 0].ravel(), **NEAR)
    assert_allclose(found["gradX"], gradient.ravel(), **NEAR)


def test_limits_are_those_of_the_blocks(page, rng):
    """One more or one less than a slider allows is refused, or of no use: nothing but padding."""
    limits = """async ([window, size, option]) => {
        const { limits } = await import("stridewise/trial");
        const { solid } = await import("stridewise/geometry");
        const inputSize = [1, ...size];
        return limits({ window: solid(window), inputSize, inputChannels: [0] }, option);
    }"""
    x = rng.standard_normal((1, 6, 9, 1))
    for kind in ("conv", "max"):
        for kernel, padding, dilation in [(3, 1, 1), (2, 0, 2), (3, 2, 2), (1, 0, 1), (5, 0, 1)]:
            options = {"padding": padding, "dilation": dilation}
            if kind == "conv":
                trace = record_conv2d(x, np.ones((kernel, kernel, 1, 1)), **options)
            else:
                trace = record_pool2d(x, kernel, padding=padding)
                options["dilation"] = dilation = 1
            window = trace.document["nodes"][0]["window"]
            for option in ("kernel", "padding", "dilation"):
                least, most = page.evaluate(limits, [window, [6, 9], option])
                own = {"kernel": kernel, **options}

                def works(value, own=own, option=option, kind=kind):
                    changed = own | {option: value}
                    k, p, d = (changed[name] for name in ("kernel", "padding", "dilation"))
                    if p >= (k - 1) * d + 1:
                        return False
                    try:
                        if kind == "conv":
                            sw.conv2d(x, np.ones((k, k, 1, 1)), padding=p, dilation=d)
                        else:
                            sw.max_pool2d(x, k, padding=p, dilation=d)
                    except StridewiseError:
                        return False
                    return True

                floor = 0 if option == "padding" else 1
                wanted = [value for value in range(floor, 16) if works(value)]
                assert (least, most) == (wanted[0], wanted[-1]), (kind, own, option)


@pytest.fixture
def convolution(rng):
    x, weight = rng.standard_normal((1, 8, 7, 1)), rng.standard_normal((3, 3, 1, 1))
    return record_conv2d(x, weight, [0.5], padding=1)


def test_sliders_change_what_is_shown(open_page, convolution):
    page = open_page(convolution)
    x, weight = convolution.arrays["y/x"][None], convolution.arrays["weight/conv2d/weight"]
    for key, options in [("ArrowRight", {"stride": 2}), ("ArrowRight", {"stride": 3})]:
        page.get_by_role("slider", name="stride").press(key)
        page.get_by_text("Tried out in this page").wait_for()
        y = sw.conv2d(x, weight, [0.5], padding=1, **options)[0, ..., 0]
        shown = numbers(page, "Output")
        assert set(shown) == set(np.ndindex(y.shape))
        assert_allclose([shown[place] for place in np.ndindex(y.shape)], y.ravel(), rtol=1e-5)
    page.get_by_role("slider", name="padding").press("Home")
    page.get_by_role("slider", name="kernel").press("End")
    assert len(marked(page, "Input")) == 7 * 7  # the input has 8 rows and 7 columns
    page.wait_for_timeout(300)
    again = open_page(convolution, page.url.partition("#")[2])
    assert numbers(again, "Output") == numbers(page, "Output")
    page.get_by_role("button", name="As the network has it").click()
    shown = numbers(page, "Output")
    wanted = convolution.arrays["y/conv2d"][..., 0]
    assert_allclose([shown[place] for place in np.ndindex(wanted.shape)], wanted.ravel(), rtol=1e-5)
    assert page.get_by_text("Tried out in this page").count() == 0
    page.wait_for_timeout(300)
    assert "stride" not in page.url


def test_the_floor_is_seen(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&stride=3&padding=0&cell=0,0")
    rows = {at for at, _ in (place for place in numbers(page, "Input"))}
    assert rows == set(range(8))
    grey = page.eval_on_selector_all(
        ".unreached", "cells => cells.map(({ dataset }) => [dataset.row, dataset.column])"
    )
    assert {tuple(map(int, place)) for place in grey} == {
        (row, column) for row in range(8) for column in range(7) if row > 5 or column > 5
    }


@pytest.mark.parametrize(
    "fragment", ["kernel=99", "stride=0&kernel=0", "dilation=999&padding=77", "kernel=x&stride=-1"]
)
def test_an_address_cannot_ask_for_the_impossible(open_page, convolution, fragment):
    page = open_page(convolution, f"layer=conv2d&{fragment}")
    assert grid(page, "Output").get_by_role("gridcell").count() >= 1
    cell(page, "Output", 0, 0).hover()
    assert marked(page, "Output") == {(0, 0): "chosen"}


def test_what_comes_together_step_by_step(open_page, rng):
    x, weight = rng.standard_normal((1, 4, 4, 1)), rng.standard_normal((2, 2, 1, 1))
    grad_y = rng.standard_normal((1, 3, 3, 1))
    trace = record_conv2d(x, weight, grad_y=grad_y)
    part = grad_y.copy()
    part.reshape(-1)[5:] = 0
    so_far = sw.conv2d_backward(part, x, weight)
    for mode, label, wanted in [
        ("byInput", "Gradient of the input, so far, of this output channel", so_far.x[0, ..., 0]),
        ("byWeight", "Gradient of the weights", so_far.weight[..., 0, 0]),
    ]:
        page = open_page(trace, f"layer=conv2d&mode={mode}&grow=1&cell=1,1")
        shown = numbers(page, label)
        assert_allclose(
            [shown[place] for place in np.ndindex(wanted.shape)], wanted.ravel(), **NEAR
        )
        cell(page, "Gradient of the output", 2, 2).hover()
        shown = numbers(page, label)
        end = trace.arrays["grad/x" if mode == "byInput" else "grad_weight/conv2d/weight"]
        assert_allclose([*shown.values()], end.ravel(), **NEAR)
    page = open_page(trace, "layer=conv2d&grow=1&cell=1,1")
    shown = grid(page, "Output").get_by_role("gridcell").all_inner_texts()
    assert [bool(text) for text in shown] == [True] * 5 + [False] * 4


def test_the_last_window_hangs_over_the_end(page, rng):
    x = rng.standard_normal((1, 7, 8, 1))
    trace = record_pool2d(x, 2, stride=2, ceil_mode=True)
    for trial in ({"stride": 3}, {"kernel": 3}, {"kernel": 3, "padding": 1}):
        options = {"stride": 2, "ceil_mode": True} | trial
        y = sw.max_pool2d(x, options.pop("kernel", 2), **options)
        found = tried(page, trace, trial)
        assert found["shape"] == [*y.shape]
        assert_allclose(found["shown"]["y"], y[..., 0].ravel(), **NEAR)


def test_a_window_as_large_as_its_oblong_input(open_page, rng):
    x = rng.standard_normal((1, 7, 5, 2), np.float32)
    page = open_page(record_network(Sequential([GlobalAveragePool()], x.shape[1:]), x))
    slider = page.get_by_role("slider", name="kernel")
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight", "End", "Home", "End"):
        slider.press(key)
        assert grid(page, "Output").get_by_role("gridcell").count() >= 1
    shown = numbers(page, "Output")  # the largest that fits: 5 × 5
    wanted = sw.avg_pool2d(x, 5, stride=(7, 5))[0, ..., 0]
    assert_allclose([shown[place] for place in np.ndindex(wanted.shape)], wanted.ravel(), rtol=1e-5)
    page.get_by_role("button", name="As the network has it").click()
    assert page.evaluate("document.activeElement.type") == "range"


def test_what_would_take_long_cannot_be_asked_for(open_page):
    x = np.zeros((1, 260, 260, 1), np.float32)
    trace = record_conv2d(x, np.ones((3, 3, 1, 1), np.float32), padding=1)
    page = open_page(trace, "layer=conv2d&kernel=15&stride=1")
    assert int(page.get_by_role("slider", name="kernel").get_attribute("max")) < 8
    page.get_by_role("slider", name="kernel").press("End")
    assert grid(page, "Output").get_by_role("gridcell").count() == 144
