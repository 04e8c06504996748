"""``stridewise check --format html``: the report, and the explorer's pages beside it."""

import sys
from types import ModuleType

import pytest

from stridewise.checker.probes import probes
from stridewise.checker.results import FileResult, FirstWrong, FoundMistake, FunctionResult

WRONG = FirstWrong(probes("pool_forward")[0].words, "A", (0, 0, 0, 0), 1.0, 2.0)
FAILED = FunctionResult("failed", (FoundMistake("not-recognised"),), first_wrong=WRONG)


@pytest.fixture(autouse=True)
def _checked(monkeypatch, tmp_path):
    module = ModuleType("stridewise.checker.checking")
    module.check_file = lambda path, **_: FileResult(path.name, {"pool_forward": FAILED})
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("")


def test_one_page_of_the_explorer_for_what_fails_alike(stridewise, tmp_path):
    assert stridewise("check", "a.py", "b.py", "--format", "html", "--out", "r.html").code == 1
    (page,) = (tmp_path / "r-explorer").iterdir()
    assert page.read_text().startswith("<!doctype html>")
    links = (tmp_path / "r.html").read_text().count(f'href="r-explorer/{page.name}#layer=max_pool')
    assert links == 2


def test_to_the_terminal_nothing_is_linked_or_written(stridewise, tmp_path):
    assert "-explorer" not in stridewise("check", "a.py", "--format", "html").out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.py", "b.py"]


def test_nothing_of_others_is_replaced(stridewise, tmp_path):
    (tmp_path / "r-explorer").mkdir()
    page = tmp_path / "r-explorer" / "pool_forward-0-0.html"
    page.write_text("something else")
    ran = stridewise("check", "a.py", "--format", "html", "--out", "r.html")
    assert (ran.code, page.read_text()) == (2, "something else")
    assert "r-explorer has other things in it" in ran.err
    assert not (tmp_path / "r.html").exists()


def test_a_link_that_leads_nowhere_is_refused_before_the_check(stridewise, tmp_path):
    (tmp_path / "r-explorer").symlink_to(tmp_path / "outside")
    ran = stridewise("check", "a.py", "--format", "html", "--out", "r.html")
    assert ran.code == 2
    assert "r-explorer has other things in it" in ran.err
    assert not (tmp_path / "outside").exists()
