"""The page is whole, true, and asks for nothing from outside."""

import re
import sys

import numpy as np
import pytest

from stridewise.datasets import digits, shuffled
from stridewise.errors import MissingExtraError, RunError
from stridewise.report import render_report, write_report
from stridewise.training import RunOptions, train_run

SECTIONS = [
    "Learning curves",
    "Confusion matrix",
    "Mistakes",
    "First filters",
    "One image, layer by layer",
    "The answer",
    "The network",
]
HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}' & <b>")


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A run on some of the digits as the command makes it; few are right after one epoch."""
    data = shuffled(digits(), seed=5).take(range(400))
    path = tmp_path_factory.mktemp("data") / "few.npz"
    np.savez(path, images=data.images, labels=data.labels)
    options = RunOptions(str(path), epochs=1, network="digits_convnet")
    return train_run(options, tmp_path_factory.mktemp("runs") / "real & <first>")


def test_a_real_run(real, read):
    path = write_report(real)
    assert path == real.folder / "report.html"
    text = path.read_text("utf-8")
    page = read(text)
    assert page.text_in("h1") == ["real & <first>"]
    assert page.text_in("h2") == SECTIONS
    assert path.stat().st_size < 2**20
    wrong = int((real.evaluation.probabilities.argmax(axis=1) != real.test.labels).sum())
    assert wrong > 0
    assert len(page.all("figure")) == min(wrong, 48) + 1  # and the image of the walk
    assert f"{real.evaluation.accuracy:.2%}".replace("%", " %") in page.text_in("b")


def test_the_same_run_gives_the_same_bytes(real, made):
    for outcome in (real, made()):
        pages = {render_report(outcome) for _ in range(2)}
        assert len(pages) == 1


def test_writing_again_replaces_the_page(real):
    first = write_report(real).read_bytes()
    assert write_report(real).read_bytes() == first
    assert not list(real.folder.glob(".*"))


@pytest.mark.parametrize("which", ["real", "hostile"])
def test_nothing_is_fetched(real, made, read, which):
    text = render_report(real if which == "real" else made(classes=HOSTILE))
    page = read(text)
    addresses = [
        (name, value)
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster")
    ]
    assert {name for name, _ in addresses} >= {"src", "xlink:href"}
    for name, value in addresses:
        assert value.startswith("data:image/png;base64," if name == "src" else "#")
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form", "audio"}
    assert not [a for _, a in page.elements if any(name.startswith("on") for name in a)]
    styles = "".join(page.text_in("style")) + "".join(a.get("style", "") for _, a in page.elements)
    assert "@import" not in styles
    assert not re.search(r"url\((?!#)", styles)
    assert not re.search(r"\bfetch\(|XMLHttpRequest|http-equiv", text)


def test_hostile_names_of_classes_are_text(made, read):
    """Every image is taken for another class, so that names are in every section."""
    page = read(render_report(made(classes=HOSTILE, answers=(1, 2, 0, 1, 2, 0))))
    plain = read(render_report(made(answers=(1, 2, 0, 1, 2, 0))))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    for name in HOSTILE:
        assert page.text_in("th").count(name) == 2
        assert page.text_in("b").count(name) >= 4
        assert page.text_in("span").count(name) == 1
    assert page.all("img")[0]["alt"] == f"A {HOSTILE[0]} taken for a {HOSTILE[1]}"


def test_a_hostile_name_of_the_folder_is_text(tmp_path, made, read):
    object.__setattr__(outcome := made(), "folder", tmp_path / "<script>x<")
    page = read(render_report(outcome))
    assert page.text_in("h1") == ["<script>x<"]
    assert page.text_in("title") == ["<script>x< — Stridewise"]


LABELS = [0] * 5 + [1] * 4 + [2] * 3
ANSWERS = [0, 0, 1, 2, 0, 1, 1, 1, 0, 2, 1, 1]


def test_the_confusion_matrix_counts_every_test_image(made, read):
    page = read(render_report(made(labels=LABELS, answers=ANSWERS)))
    cells = [
        text for inside, text in page.texts if inside[-1:] == ("td",) and "details" not in inside
    ]
    counts = [0 if cell == "·" else int(cell) for cell in cells]
    assert counts == [3, 1, 1, 1, 3, 0, 0, 2, 1]
    assert sum(counts) == len(LABELS)
    assert page.text_in("th")[-6:] == ["cat", "dog", "fox", "cat", "dog", "fox"]
    right = [attributes["style"] for attributes in page.all("td") if "style" in attributes]
    assert ["--good" in style for style in right] == [n % 4 == 0 for n in range(9)]


@pytest.mark.parametrize(("wrong", "shown"), [(0, 0), (1, 1), (5, 5), (48, 48), (49, 48), (60, 48)])
def test_the_number_of_mistakes_shown(made, read, wrong, shown):
    labels = [0] * 60
    page = read(render_report(made(labels=labels, answers=[1] * wrong + [0] * (60 - wrong))))
    assert len(page.all("figure")) == shown + 1
    none = "None: every test image was answered right."
    assert (none in page.text_in("p")) is (wrong == 0)


def test_mistakes_say_what_was_taken_for_what_the_surest_first(made, read):
    page = read(render_report(made(labels=(0, 1, 2, 2), answers=(0, 2, 2, 1))))
    alts = [image["alt"] for image in page.all("img")]
    assert alts[:2] == ["A dog taken for a fox", "A fox taken for a dog"]
    assert [text for text in page.text_in("figcaption") if "sure" in text] == [
        "82 % sure",
        "55 % sure",
    ]


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_images_of_any_number_of_channels(made, read, channels):
    page = read(render_report(made(channels=channels, answers=(1, 1, 1, 1, 1, 1))))
    assert len(page.all("figure")) == 5
    about = " ".join(page.text_in("p"))
    assert f"3 × 3 × {channels} each" in about
    assert ("averaged over their input channels" in about) is (channels > 1)


def test_a_network_without_convolution_has_no_filters(made, read):
    page = read(render_report(made(convolution=False)))
    assert page.text_in("h2") == [name for name in SECTIONS if name != "First filters"]
    assert [image["alt"] for image in page.all("img")][1:] == [
        "Output of flatten_1",
        "Output of dense_1",
    ]


def test_every_layer_is_walked_through(made, read):
    outcome = made()
    page = read(render_report(outcome))
    names = [node.name for node in outcome.checkpoint.network.nodes]
    outputs = [image["alt"] for image in page.all("img") if image["alt"].startswith("Output")]
    assert outputs == [f"Output of {name}" for name in names]
    about = page.text_in("span")
    assert "Conv2D, 6 × 4 × 6" in about
    assert "MaxPool, 3 × 2 × 6" in about
    assert "Dense, 3" in about


def test_the_image_walked_through_is_one_that_was_right(made, read):
    page = read(render_report(made(labels=(2, 1, 0), answers=(0, 1, 0))))
    assert page.all("img")[-7]["alt"] == "Filters of conv2d_1"
    assert page.all("img")[-6]["alt"] == "A test image of class dog"


def test_the_answers_bars(made, read):
    page = read(render_report(made(labels=(1, 1, 1), answers=(1, 1, 1))))
    assert page.text_in("span")[-6:] == ["cat", "2.50 %", "dog", "95.00 %", "fox", "2.50 %"]
    assert [bar["style"] for bar in page.all("i")] == [
        "width: 2.50%",
        "width: 95.00%",
        "width: 2.50%",
    ]


@pytest.mark.parametrize("epochs", [1, 2, 40])
@pytest.mark.parametrize("validated", [True, False])
def test_epochs_in_curves_and_table(made, read, epochs, validated):
    page = read(render_report(made(epochs=epochs, validated=validated)))
    table = [text for inside, text in page.texts if "details" in inside and inside[-1] == "td"]
    checked = ["0.7000", "0.6000"] if validated else ["–", "–"]
    assert table[:7] == ["1", "1.5000", "0.5000", *checked, "0.01", "0.25"]
    assert len(table) == 7 * epochs
    assert table[-7] == str(epochs)
    assert len(page.all("svg")) == 2  # loss and accuracy
    texts = page.text_in("text")
    assert ("training" in texts, "validation" in texts) == (True, validated)
    assert {"loss (nats)", "accuracy", "epoch"} <= set(texts)


def test_a_run_without_a_finished_epoch(made, read):
    page = read(render_report(made(epochs=0, ended="interrupted")))
    assert page.text_in("h2") == SECTIONS[1:]
    assert page.all("svg") == []
    assert any("(stopped before the end)" in text for text in page.text_in("p"))
    assert "training, 0 whole epochs" in page.text_in("span")


def test_a_finished_run_does_not_say_that_it_was_stopped(made):
    assert "stopped before the end" not in render_report(made())


@pytest.mark.parametrize("loss", [0.0, 1e-12, 1e9])
def test_any_finite_loss_can_be_drawn(made, read, loss):
    outcome = made(epochs=2)
    for epoch in outcome.history.epochs:
        object.__setattr__(epoch, "loss", loss)
    assert len(read(render_report(outcome)).all("svg")) == 2


def test_the_facts(made, read):
    outcome = made(labels=LABELS, answers=ANSWERS)
    bold = read(render_report(outcome)).text_in("b")
    parameters = 3 * 3 * 6 + 6 + 3 * 2 * 6 * 3 + 3
    assert bold[:4] == ["58.33 %", "1.2 s", str(parameters), "3"]
    assert outcome.checkpoint.network.summary() in render_report(outcome).replace("&gt;", ">")


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_without_the_extra(made, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"`{package}`(?s:.)*'stridewise\[train\]'"):
        render_report(made())


def test_a_folder_that_is_not_there(made, tmp_path):
    object.__setattr__(outcome := made(), "folder", tmp_path / "gone")
    with pytest.raises(RunError, match=r"report\.html cannot be written"):
        write_report(outcome)
