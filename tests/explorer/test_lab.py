"""The widget in a real JupyterLab, in a real browser, with nothing outside to be had."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

from stridewise import conv2d
from stridewise.networks import digits_convnet
from stridewise.traces import record_network
from tests.explorer.grids import cell, grid, marked, numbers, status
from tests.explorer.lab import running_lab

_MOST = 45_000  # milliseconds that JupyterLab or a kernel may take
CONVOLUTION = """\
import numpy as np, stridewise as sw
rng = np.random.default_rng(5)
x, weight, bias = rng.standard_normal((1, 6, 7, 2)), rng.standard_normal((3, 3, 2, 4)), np.ones(4)
sw.explorer.show_conv2d(x, weight, bias, stride=2, padding=1)"""
NETWORK = """\
import numpy as np, stridewise as sw
image = np.random.default_rng(6).standard_normal((1, 8, 8, 1))
read = lambda file: np.full((1, 8, 8, 1), len(file.read_bytes()))  # stands for an image's
shown = sw.explorer.show(sw.networks.digits_convnet(), image, read=read)
shown"""
ASKED = """\
import json
trace = shown.trace
json.dumps([trace.document["loss"]["of"], float(trace.arrays["y/input"].max())])"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a notebook in a JupyterLab."""
    pytest.importorskip("jupyterlab", reason="no JupyterLab: pip install jupyterlab")
    pytest.importorskip("anywidget", reason="no anywidget: pip install 'stridewise[notebook]'")
    cells = [CONVOLUTION, NETWORK, ASKED]
    with running_lab(tmp_path_factory.mktemp("lab"), {"book.ipynb": cells}) as address:
        yield address("book.ipynb")


@pytest.fixture(scope="module")
def book(browser, lab):
    """The notebook in a browser, with a kernel that waits; at the end, no complaints of ours."""
    context = browser.new_context(locale="en-US", viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(_MOST)
    complaints, outside = [], []

    def cut_off(route):
        outside.append(route.request.url)
        route.abort()

    def hear(message):
        # JupyterLab itself warns of what takes long; an error it should not have either.
        if message.type == "error" or "127.0.0.1" not in message.location.get("url", ""):
            complaints.append(f"{message.type}: {message.text}")

    context.route(lambda url: url.startswith("http") and "://127.0.0.1" not in url, cut_off)
    page = context.new_page()
    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(lab)
    page.get_by_text("| Idle").wait_for()
    yield page
    context.close()
    assert complaints == []
    assert outside == []


def run(book, number):
    """Run one cell, as a person does: Shift and Enter in its code."""
    code = book.locator(".jp-CodeCell").nth(number)
    # Not by a click: the notebook scrolls away under one at its lower end.
    code.locator(".cm-content").focus()
    book.keyboard.press("Shift+Enter")
    return code.locator(".jp-OutputArea-output").last


def explorer(output):
    """The page within a cell's output, as soon as it is ready."""
    frame = output.locator("iframe[title=Stridewise]").element_handle().content_frame()
    frame.wait_for_selector("body[data-ready=true]")
    return frame


def test_a_convolution(book):
    page = explorer(run(book, 0))
    rng = np.random.default_rng(5)
    x, weight = rng.standard_normal((1, 6, 7, 2)), rng.standard_normal((3, 3, 2, 4))
    y = conv2d(x, weight, np.ones(4), stride=2, padding=1)[0]
    for (row, column), value in numbers(page, "Output").items():
        assert_allclose(value, y[row, column, 0], rtol=1e-5)

    cell(page, "Output", 0, 2).hover()
    assert status(page).startswith("Output (0, 2) =")
    window = {place for place, mark in marked(page, "Input").items() if mark == "window"}
    assert window == {(row, column) for row in (-1, 0, 1) for column in (3, 4, 5)}

    # By keyboard from the notebook: the focus goes into the frame, and Lab's keys stay out of it.
    cell(page, "Output", 0, 2).focus()
    book.keyboard.press("ArrowDown")
    book.keyboard.press("a")  # in the notebook: a new cell
    assert status(page).startswith("Output (1, 2) =")
    assert book.locator(".jp-CodeCell").count() == 3

    page.get_by_role("button", name="Gradient by the input").click()
    grid(page, "Gradient of the input").wait_for()


def test_another_class_and_another_image_of_a_network(book, tmp_path):
    page = explorer(run(book, 1))
    page.get_by_role("button", name="Gradient by the input").click()
    page.locator("#pick-7").click()
    page.locator("#pick-7[aria-pressed=true]").wait_for()
    # The page starts again, and stays where it was, though a frame has no address.
    grid(page, "Gradient of the input").wait_for()
    image = np.random.default_rng(6).standard_normal((1, 8, 8, 1))
    wanted = record_network(digits_convnet(), image, element=7).arrays["grad/input"]
    shown = numbers(page, "Gradient of the input")
    assert len(shown) == 64
    for (row, column), value in shown.items():
        assert_allclose(value, wanted[row, column, 0], atol=1e-5)

    (tmp_path / "image").write_bytes(b"x" * 75)
    page.locator("#opening-summary").click()
    page.locator("#open-image").set_input_files(tmp_path / "image")
    page.get_by_role("button", name="Forward", exact=True).click()
    cell(page, "Input", 7, 7).and_(page.locator("[title='75']")).wait_for()

    told = run(book, 2).inner_text()
    assert json.loads(told.strip().strip("'")) == ["loss", 75.0]
