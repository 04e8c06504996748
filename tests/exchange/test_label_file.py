"""Files that name the numbers of an output, hostile ones too."""

import json

import pytest

from stridewise.errors import DataError
from stridewise.exchange.label_file import read_labels

LABELS = {
    "lines.txt": "cat\ndog\nbird\n",
    "windows.txt": "\ufeffcat\r\ndog \r\nbird\r\n\r\n",
    "list.json": json.dumps(["cat", "dog", "bird"]),
    "object.JSON": json.dumps({"2": "bird", "0": "cat", "1": "dog"}),
    "parts.json": json.dumps({"0": ["cat"], "1": ["dog"], "2": ["bird"]}),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels(tmp_path, name):
    (tmp_path / name).write_bytes(LABELS[name].encode())
    assert read_labels(tmp_path / name, 3) == {0: "cat", 1: "dog", 2: "bird"}


def test_labels_in_parts_with_gaps_and_blanks(tmp_path):
    (tmp_path / "a.json").write_text('{"1": ["n02", "two  words"]}')
    assert read_labels(tmp_path / "a.json", 3) == {1: "n02 two words"}
    (tmp_path / "a.txt").write_text("a\n\nb c")
    assert read_labels(tmp_path / "a.txt", 3) == {0: "a", 1: "", 2: "b c"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.txt",
            "a\nb\n",
            r"(?s)not the labels of this output.*3, as many.*2, the last for index 1",
        ),
        ("a.txt", "a\nb\nc\nd", r"(?s)not the labels of this output.*4, the last for index 3"),
        ("a.json", '{"3": "a"}', r"(?s)not the labels of this output.*1, the last for index 3"),
        ("a.json", "{}", r"(?s)not the labels of this output.*received: 0, in"),
        ("a.json", "[]", "not the labels of this output"),
        ("a.json", "3", r"(?s)neither a list nor an object.*received: 3, in"),
        ("a.json", "[1, 2, 3]", r"(?s)a label is no text.*received: 1, in"),
        ("a.json", '["a", ["b", 2], "c"]', r"(?s)a label is no text.*received: \['b', 2\], in"),
        ("a.json", '{"cat": 0}', r"(?s)an index is no whole number.*'cat'"),
        ("a.json", '{"-1": "a"}', "an index is no whole number"),
        ("a.json", '{"1234567890": "a"}', "an index is no whole number"),
        ("a.json", "[", "the JSON file cannot be read"),
        ("a.json", "[" * 100_000, "the JSON file cannot be read"),
        ("a.txt", b"\xff\xfe", "the text file cannot be read"),
        ("a.txt", b" " * (16 * 1024**2 + 1), r"(?s)too large.*16,777,216"),
    ],
)
def test_labels_that_are_none(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=message):
        read_labels(tmp_path / name, 3)


def test_labels_without_a_file(tmp_path):
    with pytest.raises(DataError, match="labels: there is no such file"):
        read_labels(tmp_path / "none.txt", 3)
