"""``stridewise check``: which files, which exit code, which report; the verdicts are given."""

import csv
import io
import json
import sys
import threading
import xml.etree.ElementTree as ET
from types import ModuleType, SimpleNamespace

import pytest

from stridewise.checker.results import FileResult, FoundMistake, FunctionResult
from stridewise.errors import EngineError

PASSED = FunctionResult("passed")
FAILED = FunctionResult("failed", (FoundMistake("stride-ignored", 3),))


@pytest.fixture
def checked(monkeypatch):
    """The files that were checked; what is in a file says what comes of it."""
    calls = []

    def check_file(path, *, functions=(), require_sandbox=False):
        calls.append((path.as_posix(), require_sandbox))
        content = path.read_text()
        if "raise" in content:
            raise EngineError("there is no sandbox here")
        if "broken" in content:
            return FileResult(path.name, problem="line 1: invalid syntax")
        verdict = FAILED if "wrong" in content else PASSED
        told = functions or ("conv_forward",)
        return FileResult(path.name, dict.fromkeys(told, verdict), protection=("memory",))

    module = ModuleType("stridewise.checker.checking")
    module.check_file = check_file
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return calls


@pytest.fixture
def files(tmp_path):
    def write(**contents):
        for name, content in contents.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    return write


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        ({"a_py": "right"}, 0),
        ({"a_py": "right", "b_py": "wrong"}, 1),
        ({"a_py": "right", "b_py": "broken"}, 2),
        ({"a_py": "wrong", "b_py": "broken"}, 2),
        ({"a_py": "raise"}, 2),
    ],
)
def test_exit_codes(stridewise, checked, files, contents, code):
    files(**contents)
    ran = stridewise("check", *(name.replace("_", ".") for name in contents))
    assert (ran.code, ran.err) == (code, "")


def test_says_what_is_wrong(stridewise, checked, files):
    files(a_py="wrong")
    ran = stridewise("check", "a.py", "--hints", "0")
    assert "a.py  0 of 1 passed" in ran.out
    assert "The window moves one step at a time: the stride is not used. (line 3)" in ran.out
    assert "Hint" not in ran.out
    assert "步幅" in stridewise("check", "a.py", "--lang", "zh").out


def test_one_that_cannot_be_checked_does_not_keep_the_others_from_it(stridewise, checked, files):
    files(a_py="raise", b_py="right")
    ran = stridewise("check", "a.py", "no.py", "b.py", "--format", "json")
    problems = [each["problem"] for each in json.loads(ran.out)["files"]]
    assert problems[0] == "there is no sandbox here"
    assert problems[1].startswith("FileNotFoundError")
    assert problems[2] is None


def test_a_folder_means_the_programs_in_it_and_one_level_below(
    stridewise, checked, files, tmp_path
):
    files(
        **{"c__a_py": "", "c__b_ipynb": "", "c__x_txt": "", "c__ada__mine_py": ""},
        **{"c__ada__deep__no_py": "", "c__.hidden__no_py": "", "c__.no_py": ""},
    )
    (tmp_path / "c" / ".secret.py").write_text("")
    (tmp_path / "c" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "c" / ".ipynb_checkpoints" / "no.ipynb").write_text("")
    (tmp_path / "c" / "folder.py").mkdir()
    ran = stridewise("check", "c", "c/a.py", "--format", "json")
    names = ["c/a.py", "c/ada/mine.py", "c/b.ipynb"]
    assert sorted(path for path, _ in checked) == names
    assert [each["file"] for each in json.loads(ran.out)["files"]] == names
    assert ran.err == "1 deeper in folders, not checked; the first: c/ada/deep/no.py\n"


def test_every_format_to_a_file_and_to_the_terminal(stridewise, checked, files, tmp_path):
    files(a_py="wrong", b_py="right")
    readers = {
        "html": lambda text: text.index("<!doctype html>"),
        "json": json.loads,
        "junit": ET.fromstring,
        "gradescope": lambda text: json.loads(text)["tests"],
        "csv": lambda text: list(csv.DictReader(io.StringIO(text))),
        "text": lambda text: text.index("The commonest mistakes"),
    }
    for name, read in readers.items():
        read(stridewise("check", "a.py", "b.py", "--format", name).out)
        ran = stridewise("check", "a.py", "b.py", "--format", name, "--out", "report")
        assert ran.out == "report: 1 of 2 passed\n"
        read((tmp_path / "report").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("r.html", "<!doctype html>"),
        ("r.json", "{"),
        ("r.xml", "<?xml"),
        ("r.csv", "file,"),
        ("r", "a"),
    ],
)
def test_the_ending_tells_the_format(stridewise, checked, files, tmp_path, name, begins):
    files(a_py="right")
    stridewise("check", "a.py", "--out", name)
    assert (tmp_path / name).read_text().lstrip("\ufeff").startswith(begins)


def test_a_table_comes_with_the_commonest_mistakes_beside_it(stridewise, checked, files):
    files(a_py="wrong")
    ran = stridewise("check", "a.py", "--format", "csv")
    assert ran.out.splitlines()[1:] == ["a.py,0.0,0,1,,stride-ignored"]
    assert ran.err.splitlines()[2].split()[:2] == ["1", "stride-ignored"]


def test_requires_the_sandbox_when_it_is_told_to(stridewise, checked, files):
    files(a_py="right")
    stridewise("check", "a.py")
    stridewise("check", "a.py", "--require-sandbox")
    assert [required for _, required in checked] == [False, True]


def test_several_at_once(stridewise, checked, files, monkeypatch):
    files(a_py="", b_py="")
    both = threading.Barrier(2, timeout=20)

    def wait(path, **_):
        both.wait()  # a check that is alone never gets past this
        return FileResult(path.name, {"conv_forward": PASSED})

    monkeypatch.setattr(sys.modules["stridewise.checker.checking"], "check_file", wait)
    assert stridewise("check", "a.py", "b.py", "--jobs", "2").code == 0


RESUME = ("--format", "json", "--out", "results.json", "--resume")


def test_resume_checks_what_is_new_or_changed(stridewise, checked, files, tmp_path):
    files(c__a_py="wrong", c__b_py="right", c__e_py="broken")
    first = stridewise("check", "c", *RESUME)
    assert (first.code, len(checked)) == (2, 3)
    before = json.loads((tmp_path / "results.json").read_text())

    checked.clear()
    files(c__b_py="wrong now", c__d_py="right")
    (tmp_path / "c" / "e.py").unlink()
    ran = stridewise("check", "c", *RESUME)
    assert sorted(path for path, _ in checked) == ["c/b.py", "c/d.py"]
    assert ran.code == 1  # of a.py too, which was not run again
    after = json.loads((tmp_path / "results.json").read_text())["files"]
    assert [each["file"] for each in after] == ["c/a.py", "c/b.py", "c/d.py"]
    assert after[0] == before["files"][0]
    assert after[1]["digest"] != before["files"][1]["digest"]

    checked.clear()
    assert stridewise("check", "c", *RESUME).code == 1
    assert checked == []


def test_of_some_functions_alone(stridewise, checked, files):
    files(a_py="right")
    one = ("--functions", " zero_pad,pool_forward ")
    ran = stridewise("check", "a.py", *one, *RESUME)
    assert (ran.code, len(checked)) == (0, 1)
    stridewise("check", "a.py", *one, *RESUME)
    assert len(checked) == 1
    stridewise("check", "a.py", *RESUME)  # what tells of other functions is not taken over
    assert len(checked) == 2


def test_what_was_checked_before_a_stop_is_kept(stridewise, checked, files, tmp_path, monkeypatch):
    files(c__a_py="right", c__b_py="right")
    check_file = sys.modules["stridewise.checker.checking"].check_file

    def stopped_at_the_second(path, **_):
        if path.name == "b.py":
            raise KeyboardInterrupt
        return check_file(path)

    module = sys.modules["stridewise.checker.checking"]
    monkeypatch.setattr(module, "check_file", stopped_at_the_second)
    assert stridewise("check", "c", "--jobs", "1", *RESUME).code == 130
    monkeypatch.setattr(module, "check_file", check_file)
    checked.clear()
    assert stridewise("check", "c", *RESUME).code == 0
    assert [path for path, _ in checked] == ["c/b.py"]


def test_without_resume_everything_is_checked_again(stridewise, checked, files):
    files(a_py="right")
    for _ in range(2):
        stridewise("check", "a.py", "--format", "json", "--out", "results.json")
    assert len(checked) == 2


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ((), "there is nothing to check"),
        (("empty",), "there is nothing to check"),
        (("a.py", "--resume"), "there is no file of results to go on with"),
        (("a.py", "--resume", "--format", "csv", "--out", "x"), "no file of results to go on"),
        (("a.py", "--out", "no/where.txt"), "there is no folder for the file"),
        (("a.py", "--out", "./a.py"), "one of the files to check"),
        (("a.py", "--functions", "conv_forwad"), "no function of this name"),
        (("a.py", "--functions", ","), "no function of this name"),
        (("a.py", "--functions", "zero_pad,forward"), "no function of this name"),
        (("a.py", *RESUME), "results.json is not a file of results"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_checked(
    stridewise, checked, files, tmp_path, arguments, what
):
    files(a_py="right", results_json='["something else"]')
    (tmp_path / "empty").mkdir()
    ran = stridewise("check", *arguments)
    assert (ran.code, ran.out, checked) == (2, "", [])
    assert what in ran.err.splitlines()[0]
    assert (tmp_path / "a.py").read_text() == "right"


def test_hostile_names(stridewise, checked, tmp_path):
    name = "=[red]\x1b[2J<script>\n.py"
    (tmp_path / name).write_text("wrong")
    for form in ("text", "html", "junit", "csv"):
        ran = stridewise("check", ".", "--format", form)
        assert ran.code == 1
        assert "\x1b[2J" not in ran.out + ran.err
        assert ("<script>" in ran.out) == (form in ("text", "csv"))
        assert "[red]" in ran.out


@pytest.mark.parametrize(("misnamed", "code"), [((), 0), (("pool_forward: one as another",), 1)])
def test_the_checker_checks_itself(stridewise, monkeypatch, misnamed, code):
    module = ModuleType("stridewise.checker.self_test")
    module.self_test = lambda: SimpleNamespace(
        total=320, pairs=210, detected=320, named=318, misnamed=misnamed
    )
    monkeypatch.setitem(sys.modules, module.__name__, module)
    ran = stridewise("check", "--self-test")
    assert ran.code == code
    assert "320, of which 210 have two mistakes" in ran.out
    assert all(line in ran.out for line in misnamed)
