"""`stridewise run`: small models whose answers are known by heart."""

import inspect
import re
import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image
from rich.console import Console

import stridewise.cli.run as module
from stridewise.engines import engine_info

FOUR_LINES = re.compile(r"[^\n]+\n  needed:   [^\n]+\n  received: [^\n]+\n  try:      [^\n]+\n")

MEANS = [("GlobalAveragePool", "image", "pooled", {}), ("Flatten", "pooled", "means", {})]
NODES = {
    # The mean of each channel, as a vector; and the same with spatial axes of 1.
    "means": (MEANS, ["means"]),
    "pooled": (MEANS, ["pooled"]),
    "shares": ([*MEANS, ("Softmax", "means", "shares", {"axis": 1})], ["shares"]),
    # Values between 0 and 1 as an image.
    "same": ([("MaxPool", "image", "same", {"kernel_shape": [1, 1]})], ["same"]),
    "both": ([*MEANS, ("Relu", "image", "[red]\x1b[31m", {})], ["means", "[red]\x1b[31m"]),
    # No window slides, so the network keeps ONNX's layout.
    "flat": ([("Flatten", "image", "flat", {})], ["flat"]),
    # Only for sides that are a multiple of 2.
    "even": (
        [
            ("MaxPool", "image", "half", {"kernel_shape": [2, 2], "strides": [2, 2]}),
            ("DepthToSpace", "four", "again", {"blocksize": 2}),
            ("Concat", ["half"] * 4, "four", {"axis": 1}),
            ("Add", ["image", "again"], "even", {}),
        ],
        ["even"],
    ),
}


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """A folder of models; sizes are open, but for that of fixed.onnx."""
    folder = tmp_path_factory.mktemp("models")

    def save(name, nodes, outputs, shape):
        made = [
            helper.make_node(kind, [taken] if isinstance(taken, str) else taken, [given], **options)
            for kind, taken, given, options in nodes
        ]
        images = [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)]
        found = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs]
        graph = helper.make_graph(made, name, images, found)
        opsets = [helper.make_opsetid("", 17)]
        onnx.save(helper.make_model(graph, opset_imports=opsets), folder / f"{name}.onnx")

    for name, (nodes, outputs) in NODES.items():
        save(name, nodes, outputs, ["N", 3, None, None])
    save("fixed", *NODES["same"], ["N", 3, 4, 6])
    save("grey", *NODES["same"], ["N", 1, None, None])
    save("five", *NODES["same"], ["N", 5, 8, 6])
    return folder


@pytest.fixture
def orange(tmp_path):
    """Five rows and seven columns of (1.0, 0.4, 0.2)."""
    Image.new("RGB", (7, 5), (255, 102, 51)).save(tmp_path / "orange.png")
    return tmp_path / "orange.png"


@pytest.fixture
def blue(tmp_path):
    Image.new("RGB", (8, 6), (0, 0, 255)).save(tmp_path / "blue.png")
    return tmp_path / "blue.png"


def rows(ran):
    """The cells of all lines after the first, which tells the preparation."""
    assert (ran.code, ran.err) == (0, "")
    return [re.split(r"\s{2,}", line.rstrip()) for line in ran.out.splitlines()[1:]]


@pytest.mark.parametrize("model", ["means", "pooled"])
def test_the_largest_numbers_of_vectors(stridewise, models, orange, blue, model):
    ran = stridewise("run", models / f"{model}.onnx", orange, blue, "--top", "2")
    assert rows(ran) == [
        ["image", "index", "value"],
        [str(orange), "0", "1.0000"],
        ["", "1", "0.4000"],
        [str(blue), "2", "1.0000"],
        ["", "0", "0.0000"],
    ]
    assert ran.out.splitlines()[0] == (
        f"{model}.onnx takes the image's own size; RGB; pixels from 0 to 1; "
        f"engine {engine_info().in_use}"
    )


def test_every_option_of_the_preparation(stridewise, models, orange):
    ran = stridewise(
        *("run", models / "means.onnx", orange, "--size", "3x4", "--scale", "255", "--bgr"),
        *("--mean", "51,100,5", "--std", "1,2,1000", "--engine", "loops"),
    )
    assert rows(ran)[1:] == [
        [str(orange), "1", "1.0000"],
        ["", "2", "0.2500"],
        ["", "0", "0.0000"],
    ]
    assert ran.out.splitlines()[0] == (
        "means.onnx takes 3x4; BGR; (255 · pixel - (51, 100, 5)) / (1, 2, 1000); engine loops"
    )


def test_small_numbers_keep_their_digits(stridewise, models, orange):
    ran = stridewise("run", models / "means.onnx", orange, "--scale", "1e-4")
    assert [row[-1] for row in rows(ran)[1:]] == ["0.0001", "4e-05", "2e-05"]


def test_softmax(stridewise, models, orange):
    ran = stridewise("run", models / "means.onnx", orange, "--softmax")
    shares = np.exp([1.0, 0.4, 0.2]) / np.exp([1.0, 0.4, 0.2]).sum()
    assert rows(ran) == [
        ["image", "index", "probability"],
        [str(orange), "0", f"{shares[0]:.2%}"],
        ["", "1", f"{shares[1]:.2%}"],
        ["", "2", f"{shares[2]:.2%}"],
    ]


def test_softmax_of_what_was_one_already(stridewise, models, orange):
    said = "The model gives probabilities already: leave --softmax away."
    assert said in stridewise("run", models / "shares.onnx", orange, "--softmax").out
    assert said not in stridewise("run", models / "shares.onnx", orange).out


def test_labels_are_names_whatever_is_in_them(stridewise, models, orange, tmp_path):
    (tmp_path / "labels.txt").write_text("[red]r\ngr\x1b[31men\nblue\n")
    ran = stridewise("run", models / "means.onnx", orange, "--labels", "labels.txt")
    assert rows(ran) == [
        ["image", "label", "value"],
        [str(orange), "[red]r", "1.0000"],
        ["", "gr�[31men", "0.4000"],
        ["", "blue", "0.2000"],
    ]
    (tmp_path / "some.json").write_text('{"1": "green"}')
    ran = stridewise("run", models / "means.onnx", orange, "--labels", "some.json")
    assert [row[1] for row in rows(ran)[1:]] == ["0", "green", "2"]


def test_other_outputs_in_short(stridewise, models, orange, blue):
    ran = stridewise("run", models / "same.onnx", orange, blue)
    assert rows(ran) == [
        ["image", "output", "shape", "min", "mean", "max"],
        [str(orange), "same", "(1, 5, 7, 3)", "0.2", "0.5333", "1"],
        [str(blue), "same", "(1, 6, 8, 3)", "0", "0.3333", "1"],
    ]


def test_a_vector_and_another_output(stridewise, models, orange):
    found = rows(stridewise("run", models / "both.onnx", orange, "--top", "1"))
    assert found == [
        ["image", "index", "value"],
        [str(orange), "0", "1.0000"],
        ["image", "output", "shape", "min", "mean", "max"],
        [str(orange), "[red]�[31m", "(1, 5, 7, 3)", "0.2", "0.5333", "1"],
    ]


@pytest.mark.parametrize(
    ("model", "options", "shape"),
    [
        ("fixed", [], "(1, 4, 6, 3)"),
        ("fixed", ["--size", "4x6"], "(1, 4, 6, 3)"),
        ("grey", [], "(1, 5, 7, 1)"),
        ("grey", ["--multiple-of", "3"], "(1, 6, 6, 1)"),
        ("even", ["--multiple-of", "2"], "(1, 4, 8, 3)"),
        ("same", ["--multiple-of", "1", "--size", "9"], "(1, 9, 9, 3)"),
    ],
)
def test_sizes(stridewise, models, orange, model, options, shape):
    ran = stridewise("run", models / f"{model}.onnx", orange, *options)
    assert rows(ran)[1][2] == shape


def test_a_model_without_windows_gets_channels_first(stridewise, models, orange):
    ran = stridewise("run", models / "flat.onnx", orange, "--top", "200")
    found = rows(ran)
    assert [int(row[1]) for row in found[1:]] == list(range(3 * 5 * 7))
    assert [row[2] for row in found[1:]] == ["1.0000"] * 35 + ["0.4000"] * 35 + ["0.2000"] * 35


def test_all_outputs_in_a_file(stridewise, models, orange, blue, tmp_path):
    ran = stridewise("run", models / "both.onnx", orange, blue, "--npz", "out.npz")
    with np.load(tmp_path / "out.npz") as archive:
        found = dict(archive)
    assert ran.out.splitlines()[-1].startswith("out.npz: files (2,), means (2, 3), output_0 (1, 5,")
    assert [*found] == ["files", "means", "output_0", "output_1"]
    assert [*found["files"]] == [str(orange), str(blue)]
    np.testing.assert_allclose(found["means"], [[1, 0.4, 0.2], [0, 0, 1]], rtol=1e-6)
    np.testing.assert_array_equal(found["output_1"][0, 2, 3], [0, 0, 1])


@pytest.mark.parametrize(
    ("arguments", "first", "rest"),
    [
        ("none.onnx orange.png", "onnx: there is no such file", "none.onnx"),
        ("orange.png orange.png", "this is not an ONNX model", "protobuf"),
        ("MODELS/means.onnx orange.png none.png", "run: there is no such file", "none.png"),
        ("MODELS/means.onnx orange.png x.png", "the image cannot be read", "x.png"),
        ("MODELS/five.onnx orange.png", "channels that no image has", "(8, 6, 5)"),
        ("MODELS/fixed.onnx orange.png --size 5x6", "images of another size", "4x6"),
        ("MODELS/means.onnx orange.png --size 5by6", "this is not a size", "64x48"),
        ("MODELS/means.onnx orange.png --size 100000x100000", "size is too large", "up to 99999"),
        ("MODELS/same.onnx orange.png --size 9 --multiple-of 2", "does not go with --size", "own"),
        ("MODELS/means.onnx orange.png --size 0", "`size` is out of range", "size=0"),
        ("MODELS/means.onnx orange.png --mean a,b", "--mean: these are no numbers", "'a,b'"),
        ("MODELS/means.onnx orange.png --std 1,,1", "--std: these are no numbers", "--std 0.5"),
        ("MODELS/means.onnx orange.png --std 1,2", "`std` cannot be used", "1 number, or 3"),
        ("MODELS/means.onnx orange.png --multiple-of 0", "`multiple_of` is out", ">= 1"),
        ("MODELS/means.onnx orange.png --engine nunpy", "no engine of that name", "'numpy'"),
        ("MODELS/grey.onnx orange.png --bgr", "`order` cannot be used", "no colours"),
        ("MODELS/same.onnx orange.png --softmax", "--softmax: the model's first", "(1, 5, 7, 3)"),
        ("MODELS/same.onnx orange.png --labels x.png", "--labels: the model's first", "without"),
        ("MODELS/means.onnx orange.png --labels x.png", "not the labels of this output", "1, the"),
        ("MODELS/means.onnx orange.png --npz x.png", "output: the file exists already", "x-2.png"),
        ("MODELS/means.onnx orange.png --npz no/x.npz", "output: there is no folder", "no/x.npz"),
        ("MODELS/even.onnx orange.png --npz a.npz", "cannot be run on this image", "(5, 7, 3)"),
    ],
)
def test_errors(stridewise, models, orange, tmp_path, arguments, first, rest):
    (tmp_path / "x.png").write_text("x")
    ran = stridewise("run", *arguments.replace("MODELS", str(models)).split())
    assert ran.code == 1
    assert len(ran.out.splitlines()) <= 1  # the line that tells the preparation
    assert FOUR_LINES.fullmatch(ran.err)
    assert first in ran.err.splitlines()[0]
    assert rest in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orange.png", "x.png"]
    assert (tmp_path / "x.png").read_text() == "x"


@pytest.mark.parametrize("package", ["onnx", "google"])
def test_without_onnx(stridewise, models, orange, monkeypatch, package):
    for name in [*sys.modules]:
        if name.split(".")[0] in ("onnx", "google") or name.startswith("stridewise.exchange.onnx"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    ran = stridewise("run", models / "means.onnx", orange)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("exchange.onnx: the package `onnx` is not installed.")
    assert "pip install 'stridewise[onnx]'" in ran.err
    assert stridewise("engines").code == 0


def test_other_import_errors_are_not_hidden(models, orange, monkeypatch):
    for name in [*sys.modules]:
        if name.startswith("stridewise.exchange.onnx"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "stridewise.exchange.onnx.backend", None)
    with pytest.raises(ImportError, match=r"stridewise\.exchange\.onnx\.backend"):
        module.run(models / "means.onnx", [orange])


@pytest.mark.parametrize("terminal", [True, False])
def test_the_bar_is_for_terminals(stridewise, models, orange, monkeypatch, terminal):
    monkeypatch.setattr(
        module, "Console", lambda **options: Console(force_terminal=terminal, **options)
    )
    ran = stridewise("run", models / "means.onnx", orange, orange)
    assert ran.code == 0
    assert ("2/2" in ran.err) == terminal
    assert (ran.err == "") != terminal
    assert "2/2" not in ran.out


def test_help_tells_every_option(stridewise):
    ran = stridewise("run", "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "Run an ONNX model on images, and print what it answers." in ran.out
    for name in inspect.signature(module.run).parameters:
        shown = name if name in ("model", "images") else f"--{name.replace('_', '-')}"
        assert re.search(rf" {shown}(\.\.\.)? .*\w{{3}}", ran.out)
    assert "Run an ONNX model on images" in stridewise("--help").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["x.onnx"], "Missing argument"), (["x", "y", "--top", "0"], "--top")],
)
def test_wrong_usage(stridewise, arguments, message):
    ran = stridewise("run", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_as_a_process(models, orange, tmp_path):
    command = ["-m", "stridewise", "run", models / "means.onnx", "orange.png", "--top", "1"]
    ran = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [line.split() for line in ran.stdout.splitlines()[1:]] == [
        ["image", "index", "value"],
        ["orange.png", "0", "1.0000"],
    ]
