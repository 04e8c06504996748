"""Places, problems and protection: in every format, and in both languages."""

import json
from dataclasses import replace

import pytest

from stridewise.checker import check_file, report
from stridewise.checker.grading import grade
from stridewise.checker.results import FileResult, FoundMistake, FunctionResult, Trouble
from tests.checker.samples import MIXED


def test_places_in_a_notebook_are_its_cells():
    found = FunctionResult(
        "failed",
        (FoundMistake("stride-ignored", 4, 3),),
        error=Trouble("IndexError", "out of bounds", ((2, "A[i] = x"),), (5,)),
    )
    results = [FileResult("a.ipynb", {"conv_forward": found})]
    for write in (report.as_text, report.as_page, report.as_gradescope, report.as_junit):
        assert "the stride is not used. (cell 3, line 4)" in write(results)
        assert "cell 5, line 2: A[i] = x" in write(results)
        assert "（第 3 个单元格第 4 行）" in write(results, "zh")
        assert "第 5 个单元格第 2 行: A[i] = x" in write(results, "zh")
    document = json.loads(report.as_json(results))
    (mistake,) = document["functions"]["conv_forward"]["mistakes"]
    assert (mistake["cell"], mistake["line"]) == (3, 4)


@pytest.mark.parametrize(
    "write", [report.as_text, report.as_page, report.as_gradescope, report.as_junit]
)
def test_problems_are_said_in_chinese_too(write):
    broken = FileResult("a.py", problem="check: it is not Python.", problem_id="not-python")
    assert "它不是有效的 Python 程序" in write([broken], "zh")
    assert "check: it is not Python." in write([broken], "zh")
    assert "run it with Python" not in write([broken], "en")


def test_protection_is_said_in_chinese_too():
    assert "运行时的保护措施：内存，网络" in report.as_text([MIXED], "zh")
    unknown = replace(MIXED, protection=("something new",))
    assert "运行时的保护措施：something new" in report.as_text([unknown], "zh")


@pytest.mark.parametrize(
    ("name", "content", "id"),
    [
        ("a.py", b"def zero_pad(:", "not-python"),
        ("a.py", b"(" * 5000, "not-python"),
        ("a.py", b"x = -" + b"-" * 200_000 + b"1", "too-deep"),
        ("a.py", b"#" * 2 * 1024**2, "too-large"),
        ("a.py", b"\xff\xfe\0", "not-text"),
        ("a.ipynb", b"{}", "not-notebook"),
    ],
)
def test_every_file_that_cannot_be_checked_has_its_reason(tmp_path, name, content, id):
    path = tmp_path / name
    path.write_bytes(content)
    ((_, result),) = grade([path], check_file, 1)
    assert result.problem_id == id
    first = report.as_text([result], "zh").splitlines()[2]
    assert any("\u4e00" <= character <= "\u9fff" for character in first)
    assert json.loads(report.as_json([result]))["problem_id"] == id
