"""The prediction: another class is picked, by mouse and by keyboard; its arithmetic is right."""

import re
from dataclasses import replace

import numpy as np
import pytest

from stridewise.explorer.subjects import Subject
from stridewise.layers import Activation, Conv2D, Dense, Flatten
from stridewise.networks import Graph, Sequential
from stridewise.traces import record_network
from tests.explorer.grids import number, numbers
from tests.explorer.serving import serving, subject

NUMBER = r"−?\d[\d.]*(?:e[−+]?\d+)?"


def softmax(scores):
    powers = np.exp(scores.astype(np.float64) - scores.max())
    return powers / powers.sum()


def results(page):
    """What stands behind the last = of each line of the arithmetic, without what follows it."""
    lines = page.locator("#prediction .formula p").all_inner_texts()
    return [number(re.findall(NUMBER, line.partition(";")[0])[-1]) for line in lines]


def picked(element, of="loss"):
    chosen = subject()
    return record_network(chosen.network, *chosen.inputs, element=element, of=of)


def require_shown(page, trace):
    """The gradients of a layer, and the end of the scale under the picture, are a trace's."""
    wanted = trace.arrays["grad_weight/conv2d_1/weight"][..., 0, 0]
    for place, value in numbers(page, "Gradient of the weights").items():
        assert value == pytest.approx(wanted[place], rel=1e-5)
    gradient = trace.arrays["grad/input"][..., 0]
    row, column = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
    pixel = page.locator("#prediction canvas").last.evaluate(
        "(c, [y, x]) => [...c.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)",
        [int(row), int(column)],
    )
    assert pixel == ([179, 88, 6] if gradient[row, column] > 0 else [33, 102, 172])


def pressed(page):
    return page.locator("#prediction [aria-pressed=true]").all_inner_texts()


def test_another_class_by_mouse(open_page):
    page = open_page(serving(subject()), "layer=conv2d_1&mode=byWeight")
    assert pressed(page) == ["the loss", "digit 2"]
    require_shown(page, picked(2))
    page.get_by_role("button", name="digit 7", exact=True).click()
    page.get_by_role(
        "heading", name="Gradient of the loss of class digit 7 by the image"
    ).wait_for()
    page.wait_for_selector("#working:empty", state="attached")
    assert pressed(page) == ["the loss", "digit 7"]
    require_shown(page, picked(7))


def test_another_class_and_its_score_by_keyboard(open_page):
    page = open_page(serving(subject()), "layer=conv2d_1&mode=byWeight")
    page.get_by_role("button", name="digit 4", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="loss of class digit 4").wait_for()
    page.wait_for_selector("#working:empty", state="attached")
    assert page.evaluate("document.activeElement.textContent") == "digit 4"
    page.get_by_role("button", name="the score", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("heading", name="score of class digit 4").wait_for()
    page.wait_for_selector("#working:empty", state="attached")
    assert pressed(page) == ["the score", "digit 4"]
    assert page.evaluate("document.activeElement.textContent") == "the score"
    require_shown(page, picked(4, "score"))
    said = page.locator("#prediction > p").last.inner_text()
    assert "a brighter pixel makes the score of class digit 4 larger" in said


def test_the_arithmetic_is_that_of_softmax(open_page):
    trace = replace(subject(), element=6, labels=None).trace()
    page = open_page(trace)
    scores = trace.arrays["y/dense_1"]
    shares = softmax(scores)
    assert results(page) == pytest.approx([shares[6], -np.log(shares[6]), shares[6] - 1], rel=1e-5)
    for row in page.locator("#prediction tbody tr").all():
        element = int(row.locator("th").inner_text())
        z, gradient = (number(cell.get_attribute("title")) for cell in row.locator("td").all()[2:])
        assert z == pytest.approx(scores[element], rel=1e-6)
        assert gradient == pytest.approx(shares[element] - (element == 6), rel=1e-4)
    assert page.locator("#prediction button").count() == 0  # a file has no network to ask


def test_no_second_softmax(open_page):
    """Where the network ends in one, its output is the probability."""
    network = Sequential([Flatten(), Dense(3), Activation("softmax")], (2, 2, 1), seed=4)
    for of in ("loss", "score"):
        trace = record_network(network, np.ones((1, 2, 2, 1), np.float32), element=1, of=of)
        page = open_page(trace)
        shares = trace.arrays["y/activation_1"]
        shown = page.locator("#prediction tbody tr.chosen td").all_inner_texts()
        assert shown[1] == f"{shares[1]:.4f}"
        p = shares[1]
        wanted = {"loss": [p, -np.log(p), -1 / p, p - 1], "score": [p, p, 1]}
        assert results(page) == pytest.approx(wanted[of], rel=1e-5)


def test_a_class_of_hardly_any_probability(open_page):
    """The loss is a number where the probability is none any more."""
    network = Graph(
        {"x": (2, 1, 1)}, [("flat", Flatten(), ("x",)), ("y", Activation("relu"), ("flat",))], ["y"]
    )
    trace = record_network(network, [[[[900.0]], [[0.0]]]], element=1)
    page = open_page(trace)
    assert results(page) == [0, 900, -1]


def test_a_probability_that_the_networks_softmax_rounds_to_nothing(open_page):
    network = Sequential([Flatten(), Activation("softmax")], (2, 1, 1))
    page = open_page(record_network(network, [[[[90.0]], [[0.0]]]], element=1))
    lines = page.locator("#prediction .formula p").all_inner_texts()
    assert lines[1] == "A probability below 1.000e−12 counts as 1.000e−12 here."
    assert number(lines[2].rpartition("= ")[2]) == pytest.approx(-np.log(1e-12))
    assert not any("dZ" in line for line in lines)  # it is not p − 1 then


def test_a_loss_that_is_no_number_says_so(open_page):
    network = Sequential([Flatten(), Dense(3)], (2, 2, 1))
    with np.errstate(invalid="ignore", over="ignore"):
        trace = record_network(network, np.full((1, 2, 2, 1), np.inf, np.float32), element=0)
    assert trace.document["loss"]["value"] is None
    page = open_page(trace)
    assert page.get_by_text("Loss (cross-entropy): not a finite number", exact=True).count() == 1


def test_an_element_of_an_output_that_is_no_vector(open_page):
    network = Sequential([Conv2D(2, 3)], (6, 5, 1), seed=1)
    image = np.random.default_rng(2).standard_normal((1, 6, 5, 1), np.float32)
    shown = Subject(network, (image,), "one convolution", element=3)
    page = open_page(serving(shown), "layer=conv2d_1&mode=byInput")
    field = page.get_by_label("Element, 0 to 23")
    assert field.input_value() == "3"
    field.fill("24")
    field.press("Enter")  # which there is not: the browser says so, nothing is asked
    field.fill("17")
    field.press("Enter")
    page.get_by_role("heading", name="Gradient of the score of element 17 by the image").wait_for()
    page.wait_for_selector("#working:empty", state="attached")
    wanted = record_network(network, image, element=17).arrays["grad/input"][..., 0]
    for place, value in numbers(page, "Gradient of the input").items():
        assert value == pytest.approx(wanted[place], rel=1e-5)
