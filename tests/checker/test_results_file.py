"""What a check that goes on takes over from an earlier one."""

import pytest

from stridewise.checker.results import FileResult
from stridewise.checker.results_file import ResultsFile
from stridewise.errors import DataError
from tests.checker.wrong import with_mistake

SHUT_IN = ("filesystem", "memory", "network")


@pytest.mark.parametrize(
    ("protection", "required", "taken"),
    [
        (SHUT_IN, True, True),
        (SHUT_IN, False, True),
        (("filesystem", "memory"), True, False),
        (("filesystem", "memory"), False, True),
        ((), True, False),
    ],
)
def test_only_what_was_shut_in_where_that_is_required(tmp_path, protection, required, taken):
    submission = tmp_path / "a.py"
    submission.write_text("x = 1")
    result = FileResult(str(submission), protection=protection)
    out = tmp_path / "results.json"
    ResultsFile(out, [submission], "en").write({submission: result})
    again = ResultsFile(out, [submission], "en", require_sandbox=required)
    assert again.known() == ({submission: result} if taken else {})


def test_what_pictures_are_drawn_from_is_taken_over(tmp_path):
    submission = tmp_path / "a.py"
    submission.write_text("x = 1")
    failed = with_mistake("conv_forward", "stride-ignored")
    result = FileResult(str(submission), {"conv_forward": failed}, protection=SHUT_IN)
    saved = ResultsFile(tmp_path / "results.json", [submission], "zh")
    saved.write({submission: result})
    (again,) = saved.known().values()
    assert again == result
    assert len(again.functions["conv_forward"].first_wrong.read.places) == 8


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "[" * 10**5,
        lambda text: text.replace('"index": [', '"index": [Infinity, '),
        lambda text: text.replace('"index": [', '"index": [1e999, '),
        lambda text: text.replace('"line": null', '"line": NaN'),
        lambda text: text.replace('"line": null', '"line": 1e999'),
        lambda text: text.replace('"line": null', '"line": "x"'),
        lambda text: text.replace('"weights": [', '"weights": [1e999, '),
        lambda text: text.replace('"index": [', '"index": [{}, '),
    ],
)
def test_a_file_that_was_tampered_with_is_refused_in_words(tmp_path, change):
    submission, out = tmp_path / "a.py", tmp_path / "results.json"
    submission.write_text("x = 1")
    failed = with_mistake("conv_forward", "stride-ignored")
    saved = ResultsFile(out, [submission], "en")
    saved.write({submission: FileResult(str(submission), {"conv_forward": failed})})
    before = out.read_text("utf-8")
    out.write_text(change(before), "utf-8")
    assert out.read_text("utf-8") != before
    with pytest.raises(DataError, match="not a file of results"):
        saved.known()
