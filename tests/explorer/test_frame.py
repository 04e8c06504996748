"""The page in its frame, and what passes its questions on, without a notebook around them."""

import base64
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import stridewise
from stridewise.explorer.answers import Answers
from stridewise.explorer.exhibit import Exhibit
from stridewise.explorer.page import framed
from stridewise.explorer.subjects import Subject
from stridewise.networks import digits_convnet
from tests.explorer.grids import cell, numbers

RELAY = (Path(stridewise.__file__).parent / "explorer" / "widget.js").read_bytes()
SHOW = (Path(__file__).parent / "notebook.js").read_text("utf-8")


@pytest.fixture
def shown(browser):
    """A page with the frame of a network in it, the frame, and every question asked."""
    x = np.random.default_rng(8).standard_normal((1, 8, 8, 1))
    sizes = []

    def read(file):
        sizes.append(file.stat().st_size)
        return np.zeros_like(x)

    exhibit = Exhibit(Subject(digits_convnet(), (x,), "digits", read=read))
    answers, asked = Answers(exhibit), []

    def kernel(question, buffers):
        asked.append(question)
        answer, contents = answers.to(question, [base64.b64decode(text) for text in buffers])
        return [answer, *(base64.b64encode(content).decode() for content in contents)]

    page = browser.new_page(locale="en-US")
    page.set_default_timeout(20_000)
    complaints = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.expose_function("kernel", kernel)
    page.evaluate(SHOW, [base64.b64encode(RELAY).decode(), framed()])
    frame = page.locator("iframe").element_handle().content_frame()
    frame.wait_for_selector("body[data-ready=true]")
    yield page, frame, exhibit, asked, sizes
    page.close()
    assert complaints == []


def test_it_shows_the_kernels_numbers_and_asks_for_nothing_twice(shown):
    _, frame, exhibit, asked, _ = shown
    y = exhibit.trace.arrays["y/conv2d_1"]
    for (row, column), value in numbers(frame, "Output").items():
        assert value == pytest.approx(y[row, column, 0], rel=1e-5)
    cell(frame, "Output", 2, 2).hover()
    frame.get_by_role("button", name="中文").click()
    frame.get_by_role("heading", name="预测").wait_for()
    named = [(q["name"], q["first"], q["last"], q["step"]) for q in asked if q["kind"] == "array"]
    assert len(named) == len(set(named))


def test_nobody_else_is_answered_or_believed(shown):
    page, frame, _, asked, _ = shown
    page.evaluate(  # a frame of somebody else's, and the notebook itself
        """() => {
            const other = document.createElement("iframe");
            other.srcdoc = `<script>parent.postMessage({ id: "x", kind: "trace" }, "*")</script>`;
            document.body.append(other);
            postMessage({ id: "y", kind: "trace" }, "*");
            return new Promise((resolve) => (other.onload = () => setTimeout(resolve, 200)));
        }"""
    )
    assert not {"x", "y"} & {question["id"] for question in asked}
    assert frame.evaluate("origin") == "null"  # so it cannot reach the notebook's document


def test_a_large_file_comes_in_pieces(shown, tmp_path):
    _, frame, exhibit, asked, sizes = shown
    (tmp_path / "large").write_bytes(b"x" * 9_000_001)
    frame.locator("#opening-summary").click()
    frame.locator("#open-image").set_input_files(tmp_path / "large")
    cell(frame, "Input", 3, 3).and_(frame.locator("[title='0']")).wait_for()
    assert sizes == [9_000_001]
    assert [q["at"] for q in asked if q["kind"] == "piece"] == [0, 4_000_000, 8_000_000]
    assert_array_equal(exhibit.trace.arrays["y/input"], 0)


def test_it_may_save_files_and_keeps_the_keyboard(shown):
    page, frame, *_ = shown
    with page.expect_download() as saved:
        frame.evaluate(
            """() => {
                const link = document.createElement("a");
                const href = URL.createObjectURL(new Blob(["1"]));
                Object.assign(link, { href, download: "a.npy" });
                link.click();
            }"""
        )
    assert saved.value.suggested_filename == "a.npy"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert frame.evaluate("document.activeElement.tagName") in ("BUTTON", "INPUT", "SUMMARY")
    assert page.locator("iframe").bounding_box()["height"] <= 600
