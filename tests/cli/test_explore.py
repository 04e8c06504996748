"""``stridewise explore``: what it takes, what it writes, what it refuses."""

import json
import re
import sys

import numpy as np
import pytest
from onnx import TensorProto, helper
from PIL import Image

from stridewise.cli import explore as command
from stridewise.explorer import subjects
from stridewise.explorer.subjects import Subject
from stridewise.networks import digits_convnet


def document(path):
    (content,) = re.findall(r'id="content">(.*?)</script>', path.read_text(), re.DOTALL)
    return json.loads(content)["trace"]


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "seven.png"
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) * 4).save(path)
    return path


@pytest.fixture
def model(tmp_path):
    """An ONNX model that pools an image of any size."""
    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("image", ["N", 3, "H", "W"]), ("small", None))
    ]
    pool = helper.make_node("MaxPool", ["image"], ["small"], kernel_shape=[2, 2], strides=[2, 2])
    graph = helper.make_graph([pool], "demo", ports[:1], ports[1:])
    path = tmp_path / "pool.onnx"
    path.write_bytes(helper.make_model(graph).SerializeToString())
    return path


def test_the_demo_as_a_page(stridewise, picture, tmp_path, monkeypatch):
    monkeypatch.setattr(subjects, "_EPOCHS", 1)
    ran = stridewise("explore", "--export", "page.html")
    assert (ran.code, ran.err) == (0, "")
    assert "page.html: open it in a browser" in ran.out
    found = document(tmp_path / "page.html")
    assert (found["title"], len(found["labels"])) == ("digits", 10)
    assert found["loss"]["of"] == "loss"
    assert stridewise("explore", "--image", picture, "--export", "own.html").code == 0


def test_a_training_and_an_image(stridewise, trained, picture, tmp_path):
    ran = stridewise("explore", "--run", trained, "--image", picture, "--export", "a.html")
    assert (ran.code, ran.err) == (0, "")
    assert document(tmp_path / "a.html")["title"] == "trained"
    assert stridewise("explore", "--run", trained, "--export", "b.html").code == 0


def test_a_model_and_an_image(stridewise, model, picture, tmp_path):
    options = ("--model", model, "--image", picture, "--size", "6x4", "--scale", "255")
    ran = stridewise("explore", *options, "--mean", "1,2,3", "--export", "a.html")
    assert (ran.code, ran.err) == (0, "")
    found = document(tmp_path / "a.html")
    assert (found["title"], found["tensors"]["image"]) == ("pool.onnx", [6, 4, 3])
    assert found["nodes"][0]["window"]["type"] == "max"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--run", "a", "--model", "b"], "there are two networks"),
        (["--model", "MODEL"], "there is no image"),
        (["--run", "nowhere"], "nowhere"),
        (["--model", "MODEL", "--image", "nowhere.png"], "nowhere.png"),
        (["--model", "MODEL", "--image", "PICTURE", "--mean", "x"], "these are no numbers"),
        (["--export", "PICTURE"], "exists"),
    ],
)
def test_what_it_refuses(stridewise, model, picture, options, message):
    given = {"MODEL": model, "PICTURE": picture}
    ran = stridewise("explore", *(given.get(option, option) for option in options))
    assert ran.code == 1
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_serving_says_the_address_and_opens_it(stridewise, monkeypatch):
    subject = Subject(digits_convnet(), (np.zeros((1, 8, 8, 1)),), "digits")
    opened = []
    monkeypatch.setattr(subjects, "demo", lambda image: subject)
    monkeypatch.setattr(command.webbrowser, "open", opened.append)

    def serve(given, tell, port):
        assert given.trace.document["title"] == "digits"
        tell(f"http://127.0.0.1:{port}/?token=secret")

    monkeypatch.setattr("stridewise.explorer.server.serve", serve)
    ran = stridewise("explore", "--port", 8123)
    assert "http://127.0.0.1:8123/?token=secret  (Ctrl-C stops)" in ran.out
    assert opened == ["http://127.0.0.1:8123/?token=secret"]
    stridewise("explore", "--no-browser")
    assert len(opened) == 1


def test_without_the_extra(stridewise, monkeypatch):
    monkeypatch.setattr(subjects, "demo", lambda image: None)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    monkeypatch.delitem(sys.modules, "stridewise.explorer.server", raising=False)
    ran = stridewise("explore")
    assert ran.code == 1
    assert "pip install 'stridewise[explore]'" in ran.err


@pytest.mark.parametrize(
    ("options", "pictures"),
    [
        (["conv", "--input", "5", "--kernel", "3", "--stride", "2", "--padding", "1"], 9),
        (["max", "--input", "4", "--kernel", "2", "--stride", "2"], 4),
        (["average", "--input", "3", "--kernel", "2"], 4),
    ],
)
def test_animate(stridewise, tmp_path, options, pictures):
    given = (*options, "--out", "a.gif", "--milliseconds", "40")
    ran = stridewise("animate", *given)
    assert (ran.code, ran.err) == (0, "")
    assert f"a.gif: {pictures} pictures" in ran.out
    with Image.open(tmp_path / "a.gif") as picture:
        assert picture.n_frames == pictures
    assert "exists" in stridewise("animate", *given).err  # nothing is overwritten
    assert "does not fit" in stridewise("animate", "conv", "--kernel", "9", "--out", "b.gif").err
