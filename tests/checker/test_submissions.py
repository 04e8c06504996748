"""A learner's file: Python, a notebook, or something that is neither and is said to be."""

import ast
import json
import os

import pytest

from stridewise.checker.submissions import Source, functions_in, lines_in, read_source, written_in
from stridewise.errors import DataError


def _notebook(*cells, version=4):
    code = "source" if version == 4 else "input"
    kinds = [{"cell_type": "code", code: cell} for cell in cells]
    kinds.insert(1, {"cell_type": "markdown", "source": "# def not_code(): ..."})
    inner = {"cells": kinds}
    return {"nbformat": 4, **inner} if version == 4 else {"nbformat": 3, "worksheets": [inner]}


@pytest.fixture
def read(tmp_path):
    def write_and_read(name, content):
        file = tmp_path / name
        if isinstance(content, dict | list):
            content = json.dumps(content)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_source(file)

    return write_and_read


def test_python_is_read_as_it_is_written(read):
    assert read("a.py", "x = 1\r\ny = 'ü'\n") == Source("a.py", "x = 1\ny = 'ü'\n")
    assert read("b.py", b"\xef\xbb\xbfx = 1").text == "x = 1"
    assert "'ü'" in read("c.py", "# coding: latin-1\nx = 'ü'".encode("latin-1")).text


@pytest.mark.parametrize("version", [3, 4])
def test_the_code_cells_of_a_notebook_are_joined(read, version):
    cells = ["import numpy as np\n", ["def f():\n", "    return 1"]]
    source = read("a.ipynb", _notebook(*cells, version=version))
    assert source.text == "import numpy as np\n\n\ndef f():\n    return 1\n"
    assert source.cells == (1, 4)
    assert functions_in(source) == {"f"}


def test_a_line_is_told_by_its_cell(read):
    source = read("a.ipynb", _notebook("x = 1\ny = 2", "z = 3\n\nw = 4"))
    line = source.text.split("\n").index("w = 4") + 1
    assert source.place(line) == "cell 2, line 3"
    assert Source("a.py", "x\ny").place(2) == "line 2"


def test_magics_go_and_their_lines_stay(read):
    magics = (
        "%matplotlib inline\nfiles = !ls\nif True:\n    !pip install x\nnp.pad?\ndef f(): return 1"
    )
    source = read("a.ipynb", _notebook(magics, "%%bash\nrm -rf x", "def g(): return 1"))
    lines = source.text.split("\n")
    assert lines[:6] == [
        "pass",
        "files = None",
        "if True:",
        "    pass",
        "pass",
        "def f(): return 1",
    ]
    assert functions_in(source) == {"f", "g"}
    assert "rm" not in source.text
    assert source.place(lines.index("def g(): return 1") + 1) == "cell 3, line 1"


def test_a_line_that_only_looks_like_a_magic_stays(read):
    cell = 'x = (7\n% 4)\ntext = """\n!not a command\n"""'
    assert read("a.ipynb", _notebook(cell)).text == cell + "\n"


def test_functions_are_found_wherever_they_are_defined():
    text = (
        "def a(): return 1\nif x:\n    def b(): return 1\nelse:\n    def c(): return 1\n"
        "try:\n    def d(): return 1\nexcept E:\n    def e(): return 1\n"
        "class K:\n    def method(self): return 1\ndef outer():\n    def inner(): return 1\n"
    )
    assert functions_in(Source("a.py", text)) == {"a", "b", "c", "d", "e", "outer"}


def test_lines_are_those_of_functions_that_count():
    text = (
        "class K:\n    def f(self):\n        return 0\ndef f():\n    def f(): ...\n    return 1\n"
    )
    assert list(lines_in(Source("a.py", text))["f"]) == [4, 5, 6]


@pytest.mark.parametrize(
    "body",
    ["raise NotImplementedError", "raise NotImplementedError()", "pass", "...", "'What it does.'"],
)
def test_what_is_handed_out_is_not_written(body):
    source = Source("a.py", f"def f():\n    {body}\ndef g():\n    x = 1\n    {body}\n    return x")
    assert functions_in(source) == {"f", "g"}
    assert written_in(source) == {"g"}


def test_what_refuses_other_modes_is_written():
    text = (
        "def f(mode):\n    if mode == 'max':\n        return 1\n    raise NotImplementedError(mode)"
    )
    assert written_in(Source("a.py", text)) == {"f"}


def test_what_is_written_after_its_stub_is_written():
    assert written_in(Source("a.py", "def f(): ...\ndef f(): return 1")) == {"f"}


def test_a_syntax_error_has_the_learners_line():
    with pytest.raises(DataError, match=r"a\.py, line 2: def f\(:"):
        functions_in(Source("a.py", "x = 1\ndef f(:\n"))
    with pytest.raises(DataError, match=r"a\.ipynb, cell 2, line 1: def f\(:"):
        functions_in(Source("a.ipynb", "x = 1\n\ndef f(:\n", cells=(1, 3)))


@pytest.mark.parametrize("text", ["(" * 1000, "-" * 10**5 + "1", "x" + ".a" * 10**5], ids=len)
def test_a_program_nested_too_deeply_is_an_error_in_words(text):
    with pytest.raises(DataError, match=r"not Python|nested too deeply"):
        functions_in(Source("a.py", text))


def test_a_strange_escape_is_no_business_of_ours():
    assert functions_in(Source("a.py", "x = '\\d'\ndef f(): return 1")) == {"f"}


REFUSED = {
    "Latin-1 that says nothing": (
        "a.py",
        b"x = 1\ny = '\xff'",
        r"not text[\s\S]*byte 0xff in line 2",
    ),
    "a zero byte": ("a.py", b"x = 1\0", "a zero byte at byte 5"),
    "an unknown encoding": ("a.py", b"# coding: klingon\n", "unknown encoding"),
    "an encoding of no text": ("a.py", b"# coding: hex\n78", "not text"),
    "a notebook in UTF-16": ("a.ipynb", b"\xff\xfe", "not text"),
    "half a notebook": ("a.ipynb", b"{", "not a notebook"),
    "depth": ("a.ipynb", b"[" * 200_000, "not a notebook"),
    "a list": ("a.ipynb", [1], "nbformat None"),
    "version 2": ("a.ipynb", {"nbformat": 2}, "nbformat 2"),
    "version true": ("a.ipynb", {"nbformat": True}, "nbformat True"),
    "no cells": ("a.ipynb", {"nbformat": 4}, "not a list of objects"),
    "one cell": ("a.ipynb", {"nbformat": 4, "cells": {"a": 1}}, "not a list of objects"),
    "a sheet of 3": ("a.ipynb", {"nbformat": 3, "worksheets": [3]}, "not a list of objects"),
    "a cell of 7": ("a.ipynb", _notebook(7), "is not text"),
    "a line of nothing": ("a.ipynb", _notebook(["x", None]), "is not text"),
    "a million lines": ("a.ipynb", _notebook("x = 1\n" * 10**6), "too large"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_submission_is_refused_in_words(read, name):
    file, content, words = REFUSED[name]
    with pytest.raises(DataError, match=words):
        read(file, content)


@pytest.mark.parametrize(("name", "size"), [("a.py", 6), ("a.ipynb", 100)])
def test_a_large_file_is_refused_by_its_size(tmp_path, name, size):
    file = tmp_path / name
    with file.open("wb") as stream:
        stream.truncate(size * 1024**2)  # a hole: nothing is on the disk
    with pytest.raises(DataError, match=rf"too large[\s\S]*{size}\.0 MB"):
        read_source(file)


def test_only_a_file_is_read(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_source(tmp_path / "absent.py")
    with pytest.raises(DataError, match="which is a folder"):
        read_source(tmp_path)
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(DataError, match="no such file"):
        read_source(tmp_path / "pipe.py")


def test_an_emptied_notebook_is_still_python(read):
    ast.parse(read("a.ipynb", _notebook("%%html\n<b>", "!ls")).text)
