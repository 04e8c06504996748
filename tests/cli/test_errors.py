"""Errors: exit code 1, the four lines, no traceback, nothing left behind."""

import re

import pytest

from stridewise.errors import OptionError
from stridewise.exchange.image_size import parse_image_size

FOUR_LINES = re.compile(r"[^\n]+\n  needed:   [^\n]+\n  received: [^\n]+\n  try:      [^\n]+\n")


@pytest.mark.parametrize(
    ("arguments", "first", "hint"),
    [
        ("--network lenet", "there is no network of that name", "'lenet5'"),
        ("--data digit", "there is no dataset of this name", "'digits'"),
        ("--data nowhere.npz", "there is no such file or folder", "current folder"),
        ("--test-data nowhere.h5", "there is no such file", "current folder"),
        ("--optimizer admw", "there is none of that name", "'adamw'"),
        ("--schedule cosin", "there is none of that name", "'cosine'"),
        ("--size 8by8", "this is not a size", "64x48, or 64 for both"),
        ("--size 9x9", "these images have another size", "size=(8, 8)"),
        ("--engine nunpy", "there is no engine of that name", "'numpy'"),
        ("--engine compiler", "there is no engine of that name", "'compiled'"),
        ("--run taken", "the run folder exists already", "taken-2"),
        ("--run taken/file/run", "the run folder cannot be made", "--run"),
        ("--epochs 0", "`epochs` is out of range", "epochs=1"),
        ("--epochs -5", "`epochs` is out of range", "epochs=1"),
        ("--batch-size 0", "`batch_size` is out of range", "batch_size=1"),
        ("--seed -1", "`seed` is out of range", "seed=1"),
        ("--patience 0", "`patience` is out of range", "patience=1"),
        ("--learning-rate 0", "the learning rate is not positive", "0.001"),
        ("--learning-rate nan", "the learning rate is not positive", "0.001"),
        ("--weight-decay -1", "`weight_decay` is out of range", "weight_decay=0.1"),
        ("--network lenet5", "`kernel_size` does not fit the padded input", "padding"),
        (
            "--learning-rate 1e9 --optimizer sgd",
            "the loss is not a finite number",
            "a lower learning rate",
        ),
    ],
)
def test_train(stridewise, few, tmp_path, arguments, first, hint):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("precious")
    given = arguments.split()
    if "--data" not in given:
        given += ["--data", few]
    ran = stridewise("train", *given, *([] if "--run" in given else ["--run", "new"]))
    assert ran.code == 1
    assert len(ran.out.splitlines()) <= 1  # the line that names the engine and the seed
    assert FOUR_LINES.fullmatch(ran.err)
    assert first in ran.err.splitlines()[0]
    assert hint in ran.err.splitlines()[3]
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "taken",
        "taken/file",
    ]


@pytest.mark.parametrize(
    ("image", "first"),
    [("broken.png", "the image cannot be read"), ("none.png", "there is no such file")],
)
def test_predict_an_image_that_cannot_be_read(stridewise, trained, pictures, image, first):
    ran = stridewise("predict", trained, pictures / "1.png", pictures / image)
    assert (ran.code, ran.out) == (1, "")
    assert FOUR_LINES.fullmatch(ran.err)
    assert first in ran.err
    assert image in ran.err


@pytest.mark.parametrize("run", [".", "nowhere", "file.txt"])
def test_predict_with_what_is_no_run_folder(stridewise, pictures, tmp_path, run):
    (tmp_path / "file.txt").write_text("x")
    ran = stridewise("predict", run, pictures / "1.png")
    assert (ran.code, ran.out) == (1, "")
    assert FOUR_LINES.fullmatch(ran.err)
    assert "model.json cannot be read" in ran.err
    assert "the folder that `stridewise train` made" in ran.err


def test_predict_with_a_damaged_checkpoint(stridewise, trained, pictures, tmp_path):
    for name in ("model.json", "model.safetensors"):
        (tmp_path / name).write_bytes((trained / name).read_bytes()[:-9])
    ran = stridewise("predict", tmp_path, pictures / "1.png")
    assert ran.code == 1
    assert FOUR_LINES.fullmatch(ran.err)
    assert "model.json is damaged" in ran.err


@pytest.mark.parametrize("command", [["engines"], ["train", "--epochs", "1", "--run", "new"]])
def test_a_wrong_engine_in_the_environment(stridewise, monkeypatch, tmp_path, command):
    monkeypatch.setenv("STRIDEWISE_ENGINE", "nmpy")
    ran = stridewise(*command)
    assert (ran.code, ran.out) == (1, "")
    assert FOUR_LINES.fullmatch(ran.err)
    assert ran.err.startswith("STRIDEWISE_ENGINE: there is no engine of that name.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "size"), [("64x48", (64, 48)), ("64X48", (64, 48)), ("64", (64, 64)), ("1x1", (1, 1))]
)
def test_sizes(text, size):
    assert parse_image_size(text) == size


@pytest.mark.parametrize("text", ["", "x", "64x", "x64", "1x2x3", "-4", "6.5", "abc", "²"])
def test_sizes_that_are_none(text):
    with pytest.raises(OptionError, match=r"(?s)--size: this is not a size.*try:      64x48"):
        parse_image_size(text)


@pytest.mark.parametrize("text", ["9" * 6, "64x100000"])
def test_sizes_that_are_too_large(text):
    with pytest.raises(OptionError, match=r"(?s)--size: this size is too large.*up to 99999"):
        parse_image_size(text)
