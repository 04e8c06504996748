"""What may be changed through the server, by whom, and with what."""

import gc
import json
import tempfile
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.explorer.exhibit import Exhibit
from stridewise.traces import record_network
from tests.explorer.models import onnx_convolution, png
from tests.explorer.serving import answer_to, post, serving, shown_by, subject, token_of

MEGABYTE = 10**6


@pytest.fixture(scope="module")
def shared():
    """For whatever changes nothing."""
    return serving(subject())


@pytest.fixture
def address():
    return serving(subject())


def array_of(address, run, name):
    return answer_to(address, f"/array?token={token_of(address)}&run={run}&name={name}")


def test_another_class(address):
    status, document = post(address, "pick", element=7, of="score")
    assert (status, document["run"], document["loss"]["element"]) == (200, 1, 7)
    chosen = subject()
    wanted = record_network(chosen.network, *chosen.inputs, element=7, of="score")
    answer, content = array_of(address, 1, "grad/input")
    shape = json.loads(answer.headers["X-Shape"])
    assert_array_equal(np.frombuffer(content, "<f4").reshape(shape), wanted.arrays["grad/input"])
    assert shown_by(address) == document


def test_an_earlier_run_is_gone_and_says_so(address):
    post(address, "pick", element=7)
    answer, content = array_of(address, 0, "y/input")
    assert answer.status == 404
    assert b"earlier run" in content
    assert b"Reload" in content


def test_another_image(address):
    status, document = post(address, "image", png())
    assert (status, document["run"]) == (200, 1)
    _, content = array_of(address, 1, "y/input")
    pixels = np.frombuffer(content, "<f4")
    assert (pixels.min(), pixels.argmax()) == (0, 63)


def test_another_model_and_how_its_images_are_made(address):
    options = {"size": "6x9", "scale": "255", "mean": "1,2,3", "std": "5"}
    status, document = post(address, "model", onnx_convolution(), title="e.onnx", **options)
    assert (status, document["title"], document["tensors"]["image"]) == (200, "e.onnx", [6, 9, 3])
    _, content = array_of(address, 1, "y/image")
    white = np.float32((255 - np.array([1, 2, 3])) / 5)
    assert_array_equal(np.frombuffer(content, "<f4").reshape(-1, 3)[0], white)


def test_another_model_sees_the_last_image(address):
    post(address, "image", png())
    post(address, "model", onnx_convolution(), size="8x8")
    _, content = array_of(address, 2, "y/image")
    pixels = np.frombuffer(content, "<f4").reshape(8, 8, 3)
    assert (pixels[0, 0].max(), pixels.argmax()) == (0, 63 * 3)


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, "token=x", 403),
        ({}, "", 403),
        ({"Origin": "http://evil.example"}, None, 403),
        ({"Origin": "null"}, None, 403),
        ({"Origin": "http://127.0.0.1:1"}, None, 403),
        ({"Host": "evil.example"}, None, 400),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, None, 400),
    ],
)
@pytest.mark.parametrize("kind", ["pick", "image", "model"])
def test_nobody_else_changes_anything(shared, kind, headers, query, status):
    asked = urlsplit(shared).query if query is None else query
    answer, _ = answer_to(shared, f"/{kind}?{asked}&element=3", headers, "POST", png())
    assert answer.status == status
    assert shown_by(shared)["run"] == 0


def test_the_page_itself_may(address):
    own = {"Origin": f"http://{urlsplit(address).netloc}"}
    assert post(address, "pick", headers=own, element=1)[0] == 200


def test_reading_changes_nothing(shared):
    for kind in ("pick", "image", "model"):
        assert answer_to(shared, f"/{kind}?{urlsplit(shared).query}&element=1")[0].status == 405


@pytest.mark.parametrize(
    ("headers", "megabytes"),
    [
        ({"Content-Length": str(10**12)}, 0),  # it never comes
        ({}, 33),  # in pieces, of a length that nobody tells
    ],
)
def test_too_large(shared, headers, megabytes):
    pieces = iter([bytes(MEGABYTE)] * megabytes)
    status, words = post(shared, "image", pieces if megabytes else b"", headers)
    assert status == 413
    assert "the file is too large" in words
    assert "at most 32 MB" in words


@pytest.mark.parametrize(
    ("kind", "options", "body", "words"),
    [
        ("image", {}, b"no image", "the image cannot be read"),
        ("image", {}, b"", "the image cannot be read"),
        ("image", {}, png()[:45], "the image cannot be read"),
        ("model", {}, b"no model", "onnx: "),
        ("model", {}, b"", "onnx: "),
        ("model", {"size": "../x"}, onnx_convolution(), "size: this is not a size"),
        ("model", {"size": "0x4"}, onnx_convolution(), "size"),
        ("model", {"mean": "x"}, onnx_convolution(), "mean: these are no numbers"),
        ("model", {"mean": "1,2"}, onnx_convolution(), "`mean`"),
        ("model", {"std": "0"}, onnx_convolution(), "`std`"),
        ("model", {"scale": "1,2"}, onnx_convolution(), "the scale is one number"),
        ("model", {"scale": "nan"}, onnx_convolution(), "`scale`"),
        ("pick", {}, b"", "cannot start there"),
        ("pick", {"element": "-1"}, b"", "cannot start there"),
        ("pick", {"element": "9" * 5000}, b"", "cannot start there"),
        ("pick", {"element": "10"}, b"", "no such element"),
        ("pick", {"element": "1", "of": "life"}, b"", "score"),
    ],
)
def test_what_cannot_be_shown_is_said_in_words(shared, kind, options, body, words):
    status, said = post(shared, kind, body, **options)
    assert status == 400
    assert words in said
    assert tempfile.gettempdir() not in said
    assert str(Path.cwd()) not in said
    assert shown_by(shared)["run"] == 0


def test_too_little_memory_is_said_in_words(address, monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(Exhibit, "open_image", fail)
    assert post(address, "image", png()) == (400, "There is not enough memory for that.")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/tmp/x\0y.onnx", "<img src=x>", "a\nb" * 99])
def test_names_are_headings_and_nothing_else(address, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, document = post(address, "model", onnx_convolution(), title=name, size="8x8")
    wanted = "".join(filter(str.isprintable, name))[:100]
    assert (status, document["title"]) == (200, wanted)
    assert list(tmp_path.iterdir()) == []


def test_two_at_once(address):
    with ThreadPoolExecutor(2) as both:
        asked = [both.submit(post, address, "pick", element=n) for n in (4, 6)]
        answers = [each.result() for each in asked]
    assert [status for status, _ in answers] == [200, 200]
    assert {document["loss"]["element"] for _, document in answers} <= {4, 6}
    assert shown_by(address)["run"] == 2


def test_others_are_answered_while_the_network_is_at_work(address, monkeypatch):
    begun, over = threading.Event(), threading.Event()

    def slow(*_):
        begun.set()
        assert over.wait(20)

    monkeypatch.setattr(Exhibit, "pick", slow)
    with ThreadPoolExecutor(1) as another:
        asked = another.submit(post, address, "pick", element=4)
        assert begun.wait(20)
        assert shown_by(address)["run"] == 0
        over.set()
        assert asked.result()[0] == 200


def test_never_two_bodies_in_memory(shared):
    """Four times 30 MB need less than two of them would, even if nobody collects garbage."""
    gc.disable()
    tracemalloc.start()
    try:
        with ThreadPoolExecutor(4) as all_at_once:
            pieces = [iter([bytes(10**5)] * 300) for _ in range(4)]
            asked = [all_at_once.submit(post, shared, "image", each) for each in pieces]
            assert {each.result()[0] for each in asked} == {400}
        assert tracemalloc.get_traced_memory()[1] < 60 * MEGABYTE
    finally:
        tracemalloc.stop()
        gc.enable()
