"""The chapters run, their numbers are as published, and the checker agrees with them."""

import json

import nbformat
import pytest
from nbclient import NotebookClient

from stridewise.checker.checking import check_file
from stridewise.course import instructors_edition, learners_edition
from tests.course.chapters import CHAPTERS, functions_asked_for, name_of

pytestmark = pytest.mark.parametrize("chapter", CHAPTERS, ids=name_of)


def _checked(chapter, edition, tmp_path):
    path = tmp_path / f"{chapter.name}.ipynb"
    path.write_text(edition(chapter), "utf-8")
    functions = check_file(path).functions
    assert list(functions) == functions_asked_for(chapter)  # and no other is missing
    return {name: each.status for name, each in functions.items()}


def test_what_is_handed_out_is_missing(chapter, tmp_path):
    assert set(_checked(chapter, learners_edition, tmp_path).values()) == {"missing"}


def test_solutions_pass(chapter, tmp_path):
    assert set(_checked(chapter, instructors_edition, tmp_path).values()) == {"passed"}


@pytest.mark.filterwarnings("default")  # Jupyter's own are its business
def test_the_instructors_edition_runs(chapter, tmp_path):
    notebook = nbformat.reads(instructors_edition(chapter), as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    said = json.dumps([cell.outputs for cell in code])
    published = sum(cell.source.count('"as published') for cell in code)
    assert said.count("as published: True") >= published >= (chapter.name[0] != "6")
    assert "as published: False" not in said
    checks = [cell for cell in code if cell.source.startswith("check(")]
    shown = [str(cell.outputs[0].data["text/plain"]) for cell in checks]
    passed = {"en": ": passed", "zh": ": 通过"}[chapter.lang]
    assert [passed in each for each in shown] == [True] * len(functions_asked_for(chapter))
    pictures = [cell for cell in code if cell.source.splitlines()[-1].startswith("figures.")]
    assert pictures
    for cell in pictures:
        assert "image/png" in cell.outputs[-1].data, cell.source
