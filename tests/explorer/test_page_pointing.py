"""Pointing, pinning, and moving about: what stays, and what is forgotten."""

import numpy as np
import pytest

from stridewise.traces import record_conv2d
from tests.explorer.grids import cell, grid, marked, numbers, status


@pytest.fixture
def convolution(rng):
    x, weight = (rng.standard_normal(shape, np.float32) for shape in ((1, 8, 7, 2), (3, 2, 2, 3)))
    return record_conv2d(
        x,
        weight,
        np.float32([0.5, -1, 2]),
        stride=(2, 1),
        padding=((1, 0), (2, 1)),
        dilation=(1, 2),
    )


def test_a_click_pins_and_escape_lets_go(open_page, convolution):
    page = open_page(convolution)
    cell(page, "Output", 1, 3).click()
    assert marked(page, "Output") == {(1, 3): "pinned"}
    cell(page, "Output", 2, 5).hover()
    assert marked(page, "Output") == {(1, 3): "pinned"}
    assert status(page).startswith("Output (2, 5) = ")
    cell(page, "Input", 3, 4).hover()
    assert set(marked(page, "Output").values()) == {"reached"}
    page.mouse.move(2, 2)
    assert marked(page, "Output") == {(1, 3): "pinned"}
    assert status(page).endswith("pinned, Escape lets go")
    page.keyboard.press("Escape")
    assert marked(page, "Output") == {(1, 3): "chosen"}
    page.keyboard.press("Escape")  # leaves, for the card of the layer in the list
    assert page.evaluate("document.activeElement.closest('.card').dataset.name") == "conv2d"


def test_what_was_pointed_at_is_forgotten_when_the_pointer_leaves(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&cell=1,3")
    before = status(page), marked(page, "Input"), page.locator(".formula").inner_text()
    for label, place in [("Input", (3, 4)), ("Weights", (2, 1))]:
        cell(page, label, *place).hover()
        assert (status(page), marked(page, "Input"))[label == "Weights"] != before[
            label == "Weights"
        ]
        page.mouse.move(2, 2)
        after = status(page), marked(page, "Input"), page.locator(".formula").inner_text()
        assert after == before


def test_an_overview_moves_the_grid(open_page, lenet):
    page = open_page(lenet, "layer=conv2d_1&cell=0,0")
    overview = page.locator("figure", has=grid(page, "Output")).locator(".overview")
    box = overview.bounding_box()
    overview.click(position={"x": box["width"] - 2, "y": box["height"] - 2})
    assert set(numbers(page, "Output")) == {
        (row, column) for row in range(16, 28) for column in range(16, 28)
    }
    assert page.locator("figure", has=grid(page, "Weights")).locator(".overview").count() == 0


def test_pinning_stops_what_plays(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&cell=0,0")
    page.get_by_label("Speed").select_option("8")
    page.get_by_role("button", name="Play", exact=True).click()
    cell(page, "Output", 2, 2).click()
    page.mouse.move(2, 2)
    page.wait_for_timeout(300)
    assert marked(page, "Output") == {(2, 2): "pinned"}


def test_controls_keep_the_focus(open_page, convolution):
    page = open_page(convolution)
    for control in ("mode-byInput", "choose-outputChannel", "grow"):
        page.locator(f"#{control}").focus()
        if control == "choose-outputChannel":
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.press("Space")
        page.wait_for_timeout(100)
        assert page.evaluate("document.activeElement.id") == control


def test_escape_lets_go_from_a_slider_too(open_page, convolution):
    page = open_page(convolution)
    cell(page, "Output", 1, 3).click()
    page.get_by_role("slider", name="stride").focus()
    page.keyboard.press("Escape")
    page.mouse.move(2, 2)
    assert marked(page, "Output") == {(1, 3): "chosen"}
