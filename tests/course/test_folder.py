"""The notebooks are laid down, and what is there already stays as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from stridewise.course import chapters, lay_down, learners_edition
from stridewise.errors import MissingExtraError, OptionError, RunError

NAMES = [f"{chapter.name}.ipynb" for chapter in chapters()]


def test_a_folder_is_made_and_filled(tmp_path):
    laid = lay_down(tmp_path / "new" / "course")
    assert [path.name for path in laid.written] == NAMES
    assert laid.kept == ()
    assert laid.written[0].read_text("utf-8") == learners_edition(chapters()[0])


def test_a_learners_work_is_never_overwritten(tmp_path):
    (tmp_path / NAMES[0]).write_text("my work")
    laid = lay_down(tmp_path)
    assert [path.name for path in laid.kept] == NAMES[:1]
    assert [path.name for path in laid.written] == NAMES[1:]
    assert (tmp_path / NAMES[0]).read_text() == "my work"


def test_a_link_that_leads_nowhere_is_left_alone(tmp_path):
    (tmp_path / NAMES[0]).symlink_to(tmp_path / "outside")
    assert [path.name for path in lay_down(tmp_path).kept] == NAMES[:1]
    assert not (tmp_path / "outside").exists()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "course").write_text("")
    with pytest.raises(RunError, match=r"cannot be written[\s\S]*File exists"):
        lay_down(tmp_path / "course")


def test_half_a_notebook_does_not_stay(tmp_path, monkeypatch):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def write(self, _):
            raise OSError(28, "No space left on device")

    really_open = Path.open

    def open_full(path, mode="r", **options):
        if mode != "xb":
            return really_open(path, mode, **options)
        path.touch()
        return Full()

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(RunError, match="No space left on device"):
        lay_down(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_jupytext_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"stridewise\[course\]"):
        lay_down(tmp_path)


def test_another_language_is_refused_by_name():
    with pytest.raises(OptionError, match=r"en \| zh"):
        chapters("fr")


def test_the_command_lays_down_and_says_what_is_next(tmp_path):
    command = [sys.executable, "-m", "stridewise", "course", str(tmp_path), "--lang", "zh"]
    first = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"jupyter lab {tmp_path}" in first
    assert "练习" in (tmp_path / NAMES[0]).read_text("utf-8")
    again = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert again.count("was there already") == len(NAMES)
