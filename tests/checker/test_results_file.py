"""What a check that goes on takes over from an earlier one."""

import pytest

from stridewise.checker.results import FileResult
from stridewise.checker.results_file import ResultsFile
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
