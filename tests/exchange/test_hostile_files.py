"""Whatever a file is: an error that names the cause, or a network; never more than it holds."""

import os
import socket
import subprocess
import sys

import numpy as np
import pytest
from onnx import TensorProto, helper

from stridewise.exchange.onnx import load
from tests.exchange.models import RELU, arithmetic, convnet, model, with_tensor

CLAIMS = "does not have the numbers that it claims"


@pytest.mark.parametrize("build", [convnet, arithmetic])
def test_the_models_that_are_broken_are_right(build):
    network = load(build().SerializeToString())
    (shape,) = network.inputs.values()
    assert network.predict(np.ones((1, *shape) if shape else (1, 3, 8, 6))) is not None


@pytest.mark.parametrize("keep", [0, 1, 2, 10, 100, 1000, -1, -20])
def test_truncated(refused, keep):
    refused(
        convnet().SerializeToString()[:keep], "not an ONNX model|has no graph|claims|broken|own"
    )


@pytest.mark.parametrize("content", [b"\0" * 64, b"\xff" * 4096, b"PK\3\4" * 100, b"\x89HDF\r\n"])
def test_other_formats(refused, content):
    refused(content, "not an ONNX model|has no graph")


def test_random_bytes(refused, rng):
    for length in (1, 8, 100, 5000):
        refused(
            rng.integers(0, 256, length, dtype=np.uint8).tobytes(), "not an ONNX model|no graph"
        )


def test_nesting_beyond_what_a_parser_takes(refused):
    inner = b""
    for _ in range(3000):
        for tag in (0x32, 0x2A, 0x0A):  # an attribute's graph, of a node, of a graph
            size, length = len(inner), b""
            while size > 127:
                length, size = length + bytes([size & 127 | 128]), size >> 7
            inner = bytes([tag]) + length + bytes([size]) + inner
    refused(
        b"\x3a"
        + bytes([len(inner) & 127 | 128, len(inner) >> 7 & 127 | 128])
        + bytes([len(inner) >> 14])
        + inner,
        "not an ONNX model",
    )


@pytest.mark.parametrize(
    ("dims", "raw", "match"),
    [
        ([1000, 1000, 1000], b"abcd", CLAIMS),
        ([2**16, 2**16, 2**16, 2**16], b"", CLAIMS),  # the product overflows to 0
        ([2**40], b"abcd", "sizes, from 0 to"),
        ([0, 2**62, 2**62], b"", "sizes, from 0 to"),
        ([-1], b"abcd", "sizes, from 0 to"),
        ([1] * 40, b"abcd", "at most 32 sizes"),
        ([1] * 10**6, b"abcd", "at most 32 sizes"),
        ([3], b"abcd", "12 bytes.*4 bytes"),
        ([], b"", CLAIMS),
    ],
)
def test_tensors_that_claim_what_is_not_there(refused, dims, raw, match):
    refused(with_tensor(dims, raw), f"(?s){match}")


def test_numbers_in_fields_are_counted_too(refused):
    for code, fields in (
        (TensorProto.FLOAT, {"float_data": [1, 2]}),
        (TensorProto.INT64, {"int64_data": [1, 2]}),
        (TensorProto.FLOAT16, {"int32_data": [1, 2]}),
        (TensorProto.UINT64, {"float_data": [1, 2]}),
    ):
        refused(with_tensor([2**30], None, code, **fields), "(?s)claims.*1,073,741,824 numbers")


@pytest.mark.parametrize(
    "kind",
    ["STRING", "BFLOAT16", "FLOAT8E4M3FN", "INT4", "COMPLEX64", "UNDEFINED"],
)
def test_element_types_that_are_not_supported(refused, kind):
    code = TensorProto.DataType.Value(kind)
    refused(with_tensor([1], b"ab", code), f"(?s)'tensor' holds what is not supported.*{kind}")
    refused(with_tensor([1], b"ab", 99), "element type 99")


def test_any_byte_is_true_or_false():
    broken = with_tensor([6], b"\0\1\2\x80\xff\0", TensorProto.BOOL)
    broken.graph.node[0].CopyFrom(helper.make_node("Where", ["tensor", "x", "x"], ["y"]))
    broken.graph.node.append(helper.make_node("Sub", ["x", "x"], ["zero"]))
    broken.graph.node[0].input[2] = "zero"
    y = load(broken.SerializeToString()).predict(np.ones((1, 8, 6, 3), np.float32))
    np.testing.assert_array_equal(y[0, 7, :, 2], [0, 1, 1, 1, 1, 0])


def external(path="weights", **entries):
    broken = with_tensor([2])
    tensor = broken.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": path, **entries}.items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    return broken


@pytest.fixture
def saved(tmp_path):
    """A model in a folder, with weights beside it, and secrets above it."""
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"12345678")
    (folder / "weights").write_bytes(np.float32([1, 2]).tobytes())
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "elsewhere").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")

    def save(broken):
        path = folder / "model.onnx"
        path.write_bytes(broken.SerializeToString())
        return path

    return save


def test_external_data_is_read_where_it_is_allowed(saved):
    right = external(offset="4", length="4")
    right.graph.initializer[0].dims[:] = [1]
    x = np.ones((1, 8, 6, 3), np.float32)
    np.testing.assert_array_equal(load(saved(right)).predict(x), x + 2)


@pytest.mark.parametrize(
    ("path", "match"),
    [
        ("../secret", "leaves the model's folder"),
        ("sub/../../secret", "leaves the model's folder"),
        ("sub/../weights", "leaves the model's folder"),
        ("/etc/passwd", "leaves the model's folder"),
        ("", "leaves the model's folder"),
        ("wei\0ghts", "leaves the model's folder"),
        ("link", "symbolic link"),
        ("elsewhere/secret", "symbolic link"),
        ("elsewhere/model/weights", "symbolic link"),
        ("missing", "no such file"),
        ("sub", "which is a folder"),
        ("pipe", "no such file"),
        ("x" * 5000, "no such file|cannot be read"),
        ("http://localhost/weights", "no such file"),
    ],
)
def test_external_data_that_must_not_be_read(refused, saved, path, match):
    refused(saved(external(path)), match)


@pytest.mark.parametrize(
    "entries",
    [
        {"offset": "1"},
        {"offset": "-8"},
        {"offset": str(2**70)},
        {"offset": "many"},
        {"offset": "9" * 5000},
        {"length": "-1"},
        {"length": "9"},
        {"length": str(2**40)},
    ],
)
def test_external_data_that_is_not_there(refused, saved, entries):
    refused(saved(external(**entries)), CLAIMS)


def test_external_data_of_a_model_without_a_folder(refused):
    refused(external(), "bytes, which lie in no folder")


def test_what_is_no_file(refused, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (
        tmp_path,
        tmp_path / "pipe",
        tmp_path / "none",
        "/dev/zero",
        "a\0b",
        "",
        "x" * 5000,
    ):
        refused(path, "no such file|cannot be read")
    with pytest.raises(TypeError, match="the path is not a path"):
        load(3)


def test_a_file_beyond_the_format_is_not_read(refused, tmp_path):
    path = tmp_path / "large.onnx"
    with path.open("wb") as file:
        file.truncate(3 * 2**30)
    refused(path, "the file is too large")


def test_nothing_is_fetched(monkeypatch, saved, refused):
    monkeypatch.setattr(socket, "socket", None)
    refused(saved(external("https://example.org/weights")), "no such file")
    assert load(model([RELU]).SerializeToString()) is not None


def test_a_gibibyte_claimed_within_half_of_one():
    """In a process of its own, which may have no more: numbers by nodes, and by copies of them."""
    source = (
        "import resource, numpy as np\n"
        "from tests.exchange.models import model\n"
        "from onnx import helper\n"
        "from stridewise.errors import DataError\n"
        "from stridewise.exchange.onnx import load\n"
        "n = helper.make_node\n"
        "nodes = [n('ConstantOfShape', ['s'], ['c']), n('Exp', ['c'], ['e']), "
        "n('Add', ['x', 'e'], ['y'])]\n"
        "content = model(nodes, arrays={'s': np.array([2**28])}).SerializeToString()\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 2**29,) * 2)\n"
        "try:\n    load(content)\n"
        "except DataError as error:\n    print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "refused\n", done.stderr
