"""The widget: what it answers to the page in its frame, and to whoever pretends to be that page."""

import io
import re
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise import explorer
from stridewise.explorer import answers
from stridewise.explorer.exhibit import Exhibit
from stridewise.networks import digits_convnet
from stridewise.traces import record_conv2d, record_network

pytest.importorskip("anywidget", reason="no anywidget: pip install 'stridewise[notebook]'")
PIECE = 1000


class Page:
    """What the page does: it asks, and gets the answers to what it asked."""

    def __init__(self, shown, monkeypatch):
        self.shown, self.heard = shown, []
        monkeypatch.setattr(shown, "send", lambda *said: self.heard.append(said))

    def ask(self, buffer=None, **question):
        return self.say({"id": "7", **question}, [] if buffer is None else [memoryview(buffer)])

    def say(self, message, buffers=()):
        self.shown._handle_custom_msg(message, list(buffers))
        (heard,) = self.heard
        self.heard.clear()
        return heard

    def numbers(self, name, run=0, **part):
        answer, (content,) = self.ask(kind="array", run=run, name=name, **part)
        return np.frombuffer(content, "<f4").reshape(answer["shape"])

    def send_file(self, content, of, name="f"):
        for at in range(0, len(content), PIECE):
            piece = content[at : at + PIECE]
            answer = self.ask(piece, kind="piece", of=of, file=name, at=at)
            assert answer == ({"id": "7"}, [])


def pixels(file):
    from PIL import Image

    return np.asarray(Image.open(file).convert("L"), np.float32)[None, :, :, None]


@pytest.fixture
def page(monkeypatch):
    x = np.linspace(-1, 1, 64, dtype=np.float32).reshape(1, 8, 8, 1)
    return Page(explorer.show(digits_convnet(), x, title="mine", read=pixels), monkeypatch)


@pytest.fixture
def still(monkeypatch):
    """A page that can be shown nothing else."""
    return Page(explorer.show_conv2d(np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 3))), monkeypatch)


def test_the_trace(page):
    answer, buffers = page.ask(kind="trace")
    wanted = {**page.shown.trace.document, "run": 0, "questions": ["pick", "image", "model"]}
    assert answer == {"id": "7", "document": wanted}
    assert buffers == []


def test_arrays_and_parts_of_them(page):
    trace = page.shown.trace
    for name, array in trace.arrays.items():
        assert_array_equal(page.numbers(name), array)
    y = trace.arrays["y/conv2d_1"]
    assert_array_equal(page.numbers("y/conv2d_1", first=3, last=5), y[..., 3:5])
    assert_array_equal(page.numbers("y/conv2d_1", step=3), y[::3, ::3])
    assert page.ask(kind="array", run=0, name="y/none") == ({"id": "7", "shape": None}, [])


def test_another_class(page):
    x = page.shown.trace.arrays["y/input"][None]
    answer, _ = page.ask(kind="pick", element=4, of="score")
    document = answer["document"]
    assert (document["run"], document["loss"]["element"], document["loss"]["of"]) == (1, 4, "score")
    wanted = record_network(page.shown._exhibit._subject.network, x, element=4, of="score")
    assert_array_equal(page.numbers("grad/input", run=1), wanted.arrays["grad/input"])
    assert_array_equal(page.shown.trace.arrays["grad/input"], wanted.arrays["grad/input"])


def test_numbers_of_an_earlier_run_are_not_taken_for_those_of_a_later_one(page):
    page.ask(kind="pick", element=4, of="loss")
    answer, buffers = page.ask(kind="array", run=0, name="y/input")
    assert "something else is shown by now" in answer["error"]
    assert buffers == []


def test_another_image(page):
    from PIL import Image

    drawn = np.arange(64, dtype=np.uint8).reshape(8, 8)
    file = io.BytesIO()
    Image.fromarray(drawn).save(file, "BMP")
    assert len(file.getvalue()) > PIECE
    page.send_file(file.getvalue(), "image")
    answer, _ = page.ask(kind="image", file="f")
    assert answer["document"]["run"] == 1
    assert_array_equal(page.numbers("y/input", run=1)[..., 0], drawn)
    answer, _ = page.ask(kind="image", file="f")  # which was not kept
    assert "the file has not arrived" in answer["error"]


def test_another_model(page):
    helper = pytest.importorskip("onnx.helper")
    image = helper.make_tensor_value_info("image", 1, [1, 3, "H", "W"])
    small = helper.make_tensor_value_info("small", 1, None)
    node = helper.make_node("MaxPool", ["image"], ["small"], kernel_shape=[2, 2], strides=[2, 2])
    graph = helper.make_graph([node], "g", [image], [small])
    page.send_file(helper.make_model(graph).SerializeToString(), "model")
    options = {"size": "8x6", "scale": "2", "mean": "0.5,0,0", "std": "1"}
    answer, _ = page.ask(kind="model", file="f", title="p.onnx", **options)
    assert answer["document"]["title"] == "p.onnx"
    x = page.numbers("y/image", run=1)
    assert x.shape == (8, 6, 3)
    assert_array_equal(np.unique(x), [1.5, 2])  # white, prepared


HOSTILE = [
    None,
    7,
    "trace",
    [],
    {},
    {"kind": "trace", "id": {"a": 1}, "more": 1},
    {"kind": "__init__"},
    {"kind": ["trace"]},
    {"kind": "array"},
    {"kind": "array", "run": True, "name": "y/input"},
    {"kind": "array", "run": 0, "name": ["y/input"]},
    {"kind": "array", "run": 0, "name": "x" * 10**6},
    {"kind": "array", "run": 0, "name": "y/input", "first": -1},
    {"kind": "array", "run": 0, "name": "y/input", "last": "5"},
    {"kind": "array", "run": 0, "name": "y/input", "last": 10**400},
    {"kind": "array", "run": 0, "name": "y/input", "step": 0},
    {"kind": "array", "run": 0, "name": "y/input", "step": float("nan")},
    {"kind": "pick", "of": "loss"},
    {"kind": "pick", "element": -1, "of": "loss"},
    {"kind": "pick", "element": 10, "of": "loss"},
    {"kind": "pick", "element": 1.5, "of": "loss"},
    {"kind": "pick", "element": 1, "of": {"a": 1}},
    {"kind": "piece", "of": "image", "file": "f", "at": 0},
    {"kind": "piece", "of": "film", "file": "f", "at": 0},
    {"kind": "image"},
    {"kind": "image", "file": "../../etc/passwd"},
    {"kind": "pick", "element": 10**400, "of": "loss"},
    {"kind": "model", "file": "f", "title": "t", "mean": "1;2"},
]


@pytest.mark.parametrize("message", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_questions_get_words(page, message):
    before = page.shown.trace
    answer, buffers = page.say(message)
    assert buffers == []
    if "document" not in answer:
        assert answer.keys() == {"id", "error"}
        assert len(answer["error"]) <= 2000
        assert re.match(r"[^\n]+: .+\n  needed: ", answer["error"])
    assert answer["id"] is None
    assert page.shown.trace is before


@pytest.mark.parametrize("content", [b"no image", b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 2000])
@pytest.mark.parametrize("of", ["image", "model"])
def test_files_that_are_something_else(page, of, content):
    before = page.shown.trace
    page.send_file(content, of)
    answer, _ = page.ask(kind=of, file="f", title="t")
    assert answer.keys() == {"id", "error"}
    assert page.shown.trace is before


def test_files_are_bounded(page, monkeypatch):
    bounded = {"image": (None, 2 * PIECE), "model": (None, 4 * PIECE)}
    monkeypatch.setattr(answers, "changes", lambda: bounded)
    page.send_file(b"x" * 2 * PIECE, "image")
    answer, _ = page.ask(b"x", kind="piece", of="image", file="f", at=2 * PIECE)
    assert "too large" in answer["error"]
    assert page.shown._answers._file == ("", b"")
    page.send_file(b"x" * 3 * PIECE, "model")
    answer, _ = page.ask(kind="image", file="f")  # said to be a model while it came
    assert "too large" in answer["error"]


def test_pieces_of_two_files_are_not_mixed(page):
    page.ask(b"one", kind="piece", of="image", file="1", at=0)
    page.ask(b"two", kind="piece", of="image", file="2", at=0)
    for at in (3, 0.0, 6):
        answer, _ = page.ask(b"more", kind="piece", of="image", file="1", at=at)
        assert "error" in answer
    assert page.shown._answers._file == ("2", b"two")


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt, RuntimeError("of ours")])
def test_whatever_happens_there_is_an_answer(page, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(Exhibit, "pick", fail)
    answer, _ = page.ask(kind="pick", element=1, of="loss")
    assert answer["error"] in (
        "There is not enough memory for this.",
        "It was interrupted.",
        "RuntimeError: of ours",
    )
    assert page.ask(kind="trace")[0]["document"]["run"] == 0


def test_a_single_convolution_stays_as_it_is(still):
    assert still.ask(kind="trace")[0]["document"]["questions"] == []
    answer, _ = still.ask(kind="pick", element=0, of="loss")
    assert "cannot show anything else" in answer["error"]


def test_what_the_notebook_gets(still):
    state = still.shown.get_state()
    assert state["height"] == 760
    assert 'id="framed"' in state["_frame"]
    assert "connect-src 'none'" in state["_frame"]
    assert 'sandbox = "allow-scripts allow-downloads"' in state["_esm"]
    wanted = record_conv2d(np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 3)))
    assert still.shown.trace.document == wanted.document
    assert 'id="content"' in still.shown.page


def test_without_anywidget_it_is_a_frame(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "stridewise.explorer.widget", raising=False)
    shown = explorer.show_pool2d(np.ones((1, 4, 4, 1)), 2, height=500)
    assert isinstance(shown, explorer.Shown)
    assert "height:500px" in shown._repr_html_()
