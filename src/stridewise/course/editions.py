"""Two notebooks from one source: the instructor's, and the learner's without the solutions.

The marks around a solution are nbgrader's, so that its users can take the instructor's edition
for their own assignments. Cells with the tag ``instructor`` are for instructors alone.
"""

from __future__ import annotations

import importlib.util
import json
import re
from typing import Any

from stridewise.course.chapters import Chapter
from stridewise.errors import missing_extra

__all__ = ["instructors_edition", "learners_edition"]

_SOLUTION = re.compile(
    r"^(?P<indent> *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION$", re.DOTALL | re.MULTILINE
)
_YOURS = {"en": "# Your code here.", "zh": "# 在这里写你的代码。"}
# Of one chapter to another.
_LINK = re.compile(r"(\]\(\d-[\w-]+)\.md")
# How a site shows a cell; a notebook is worked in.
_ONLY_A_SITES = {"hide-input", "hide-output"}


def instructors_edition(chapter: Chapter) -> str:
    """Give the notebook with everything in it, as the JSON of an ``.ipynb``.

    Raises
    ------
    MissingExtraError
        If Jupytext is not installed.
    """
    return _written(_cells(chapter))


def learners_edition(chapter: Chapter) -> str:
    """Give the notebook in which the functions are still to be written.

    Raises
    ------
    MissingExtraError
        If Jupytext is not installed.
    """
    cells = [cell for cell in _cells(chapter) if "instructor" not in _tags(cell)]
    for cell in cells:
        cell["source"] = _SOLUTION.sub(
            rf"\g<indent>{_YOURS[chapter.lang]}\n\g<indent>raise NotImplementedError",
            cell["source"],
        )
    return _written(cells)


def _cells(chapter: Chapter) -> list[dict[str, Any]]:
    if importlib.util.find_spec("jupytext") is None:
        raise missing_extra("course", "jupytext", "course")
    import jupytext

    cells: list[dict[str, Any]] = jupytext.reads(chapter.text, fmt="md:myst")["cells"]
    return cells


def _tags(cell: dict[str, Any]) -> set[str]:
    return set(cell["metadata"].get("tags", ()))


def _written(cells: list[dict[str, Any]]) -> str:
    """A notebook whose bytes depend on its cells alone."""
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"
        tags = sorted(_tags(cell) - _ONLY_A_SITES)
        cell["metadata"] = {"tags": tags} if tags else {}
        cell["source"] = _LINK.sub(r"\1.ipynb", cell["source"])
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
