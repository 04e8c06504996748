"""One layer on the page: what lights up, what is said, and walking with keys alone."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import stridewise as sw
from stridewise.layers import Dense, GlobalAveragePool
from stridewise.networks import Sequential
from stridewise.specs import ConvSpec
from stridewise.traces import record_conv2d, record_network, record_pool2d
from tests.explorer.grids import cell, focused, marked, number, numbers, status

SHAPE, KERNEL = (1, 8, 7, 2), (3, 2, 2, 3)
OPTIONS = {"stride": (2, 1), "padding": ((1, 0), (2, 1)), "dilation": (1, 2)}


@pytest.fixture
def convolution(rng):
    x, weight = (rng.standard_normal(shape, np.float32) for shape in (SHAPE, KERNEL))
    return record_conv2d(x, weight, np.float32([0.5, -1, 2]), **OPTIONS)


def window_at(row, column):
    """The places of the taps at an output, by Python's geometry."""
    axes = ConvSpec.of("conv2d", SHAPE[1:3], KERNEL[:2], **OPTIONS).axes
    return [
        [axis.start(place) + tap * axis.dilation for tap in range(axis.kernel)]
        for axis, place in zip(axes, (row, column), strict=True)
    ]


def test_an_output_lights_up_its_window(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&output=1&input=1")
    for row, column in [(0, 0), (1, 3), (3, 7)]:
        cell(page, "Output", row, column).hover()
        rows, columns = window_at(row, column)
        assert marked(page, "Input") == {(r, c): "window" for r in rows for c in columns}
        assert marked(page, "Output") == {(row, column): "chosen"}
        said = status(page).replace("−", "-")
        value = np.float32(convolution.arrays["y/conv2d"][row, column, 1])
        assert np.float32(said.split(" = ")[1].split(",")[0]) == value
        assert said.startswith(f"Output ({row}, {column}) = ")
        window = f"window rows {rows[0]} to {rows[-1]}, columns {columns[0]} to {columns[-1]}"
        assert said.endswith(window)


def test_the_numbers_shown_are_those_of_the_block(open_page, convolution, rng):
    x, weight = convolution.arrays["y/x"][None], convolution.arrays["weight/conv2d/weight"]
    y = sw.conv2d(x, weight, convolution.arrays["weight/conv2d/bias"], **OPTIONS)[0]
    page = open_page(convolution, "layer=conv2d&output=2&input=1")
    for label, array in [("Output", y[..., 2]), ("Input", x[0, ..., 1])]:
        shown = numbers(page, label)
        assert set(shown) == set(np.ndindex(array.shape))
        got = [shown[place] for place in np.ndindex(array.shape)]
        assert_array_equal(np.float32(got), array.ravel())
    assert numbers(page, "Weights")[2, 1] == pytest.approx(weight[2, 1, 1, 2])


def test_an_input_lights_up_the_outputs_that_it_reaches(open_page, convolution):
    page = open_page(convolution)
    cell(page, "Input", 3, 4).hover()
    wanted = {
        place
        for place in np.ndindex(*convolution.arrays["y/conv2d"].shape[:2])
        if 3 in window_at(*place)[0] and 4 in window_at(*place)[1]
    }
    assert len(wanted) == 4
    assert marked(page, "Output") == dict.fromkeys(wanted, "reached")
    assert status(page).startswith("Input (3, 4) = ")


def test_a_weight_lights_up_the_inputs_that_it_touches(open_page, convolution):
    page = open_page(convolution)
    cell(page, "Weights", 2, 1).hover()
    outputs = np.ndindex(*convolution.arrays["y/conv2d"].shape[:2])
    wanted = {(window_at(*place)[0][2], window_at(*place)[1][1]) for place in outputs}
    assert marked(page, "Input") == dict.fromkeys(wanted, "reached")


def test_the_terms_of_the_formula_add_up(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&output=1&input=1&cell=1,3")
    terms, total = page.locator(".formula > p").all_inner_texts()
    added = terms.removeprefix("Σ = ").replace("other channels", "").replace("bias", "")
    hundredths = [round(100 * number(term.replace(" ", ""))) for term in added.split(" + ")]
    assert len(hundredths) == 6 + 2
    assert sum(hundredths) == round(100 * number(total.removeprefix("= ")))


def test_elements_that_no_window_reaches_are_greyed_wherever_one_looks(open_page):
    page = open_page(record_conv2d(np.ones((1, 41, 4, 1)), np.ones((2, 2, 1, 1)), stride=(3, 2)))
    for row in (0, 13):
        page.evaluate("cell => location.hash = `layer=conv2d&cell=${cell}`", f"{row},0")
        page.get_by_role("status").filter(has_text=f"({row}, 0)").wait_for()
        grey = page.eval_on_selector_all(
            ".unreached", "cells => cells.map(cell => Number(cell.dataset.row) % 3)"
        )
        assert len(grey) >= 16
        assert set(grey) == {2}


def test_keys_alone(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&cell=1,3")
    stops = []
    page.get_by_label("output channel").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if (at := focused(page)) is not None:
            stops.append(at)
    assert [label for label, *_ in stops] == ["Input", "Weights", "Output"]
    assert stops[-1] == ["Output", 1, 3]

    cell(page, "Output", 1, 3).focus()
    for key, place in [
        ("ArrowRight", (1, 4)),
        ("ArrowDown", (2, 4)),
        ("ArrowLeft", (2, 3)),
        ("ArrowUp", (1, 3)),
        ("Home", (1, 0)),
        ("ArrowLeft", (1, 0)),
        ("End", (1, 7)),
        ("Control+Home", (0, 0)),
        ("ArrowUp", (0, 0)),
        ("Control+End", (3, 7)),
    ]:
        page.keyboard.press(key)
        assert focused(page) == ["Output", *place]
        assert marked(page, "Output") == {place: "chosen"}
        rows, columns = window_at(*place)
        assert set(marked(page, "Input")) == {(r, c) for r in rows for c in columns}


def test_enter_on_an_input_chooses_an_output_and_keeps_the_focus(open_page, lenet):
    page = open_page(lenet, "layer=conv2d_1&cell=0,0")
    cell(page, "Input", 9, 8).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert "cell=7%2C7" in page.url  # the first whose window has it: kernel 5, padding 2
    assert focused(page) == ["Input", 9, 9]
    page.keyboard.press("ArrowDown")
    assert focused(page) == ["Input", 10, 9]


def test_arrows_walk_beyond_what_is_in_view(open_page, lenet):
    page = open_page(lenet, "layer=conv2d_1&cell=0,0")
    cell(page, "Output", 0, 0).focus()
    for _ in range(16):
        page.keyboard.press("ArrowDown")
    assert focused(page) == ["Output", 16, 0]
    assert marked(page, "Output") == {(16, 0): "chosen"}
    assert status(page).endswith("window rows 14 to 18, columns −2 to 2")


def test_after_a_click_arrows_start_where_it_was(open_page, convolution):
    page = open_page(convolution)
    cell(page, "Weights", 1, 0).click()
    page.keyboard.press("ArrowDown")
    assert focused(page) == ["Weights", 2, 0]


def test_max_pooling_has_a_star_and_ties(open_page):
    x = np.float32([[1, 5, 0, 2], [5, 3, 2, 1], [0, 0, -3, -1], [0, 7, -2, -9]])[None, ..., None]
    page = open_page(record_pool2d(x, 2), "layer=max_pool2d&cell=0,0")
    wanted = {(0, 0): "window", (0, 1): "winner", (1, 0): "tie", (1, 1): "window"}
    assert marked(page, "Input") == wanted
    stars = "cell => getComputedStyle(cell, '::after').content"
    assert [cell(page, "Input", *place).evaluate(stars) for place in [(0, 1), (1, 0)]] == [
        '"★"',
        '"="',
    ]
    assert "a tie: the first one wins" in page.locator(".formula").inner_text()
    cell(page, "Output", 1, 1).hover()
    assert marked(page, "Input")[2, 3] == "winner"
    assert list(marked(page, "Input").values()).count("window") == 3

    page.get_by_role("button", name="Gradient by the input").click()
    assert numbers(page, "Gradient of the input")[0, 1] == 1
    assert sum(numbers(page, "Gradient of the input").values()) == 4


def test_what_is_not_a_number_wins(open_page):
    x = np.float32([[1, np.nan], [5, np.nan]])[None, ..., None]
    page = open_page(record_pool2d(x, 2))
    assert marked(page, "Input")[0, 1] == "winner"
    assert list(marked(page, "Input").values()).count("window") == 3
    assert status(page).startswith("Output (0, 0) = NaN, ")


def test_a_mean_of_all_space_has_all_channels(open_page, rng):
    x = rng.standard_normal((1, 4, 3, 5), np.float32)
    trace = record_network(Sequential([GlobalAveragePool()], (4, 3, 5)), x)
    page = open_page(trace)
    page.get_by_label("output channel").select_option("4")
    assert_allclose(numbers(page, "Output")[0, 0], x[0, ..., 4].mean(), rtol=1e-5)


def test_a_layer_without_a_window_shows_all_its_numbers(open_page, lenet):
    name = lenet.document["outputs"][0]
    page = open_page(lenet, f"layer={name}")
    shown = numbers(page, name)
    assert_array_equal(np.float32([shown[0, n] for n in range(10)]), lenet.arrays[f"y/{name}"])
    card = page.locator(f"section[data-name={name}]")
    card.scroll_into_view_if_needed()
    assert card.locator("canvas").evaluate("canvas => canvas.width") == 10


def test_a_dense_layer_shows_what_it_has_learned(open_page, rng):
    network = Sequential([Dense(3)], (4,), dtype=np.float64)
    trace = record_network(network, rng.standard_normal((1, 4)))
    name = trace.document["outputs"][0]
    page = open_page(trace, f"layer={name}")
    for label, key in [("weight", "weight"), ("Gradient of weight", "grad_weight")]:
        wanted = trace.arrays[f"{key}/{name}/weight"]
        shown = numbers(page, label)
        assert_allclose([shown[place] for place in np.ndindex(4, 3)], wanted.ravel(), atol=1e-6)
    assert len(numbers(page, "bias")) == 3
