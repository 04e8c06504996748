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
    return _written(_notebook(chapter))


def learners_edition(chapter: Chapter) -> str:
    """Give the notebook in which the functions are still to be written.

    Raises
    ------
    MissingExtraError
        If Jupytext is not installed.
    """
    notebook = _notebook(chapter)
    notebook["cells"] = [cell for cell in notebook["cells"] if "instructor" not in _tags(cell)]
    for cell in notebook["cells"]:
        cell["source"] = _SOLUTION.sub(
            rf"\g<indent>{_YOURS[chapter.lang]}\n\g<indent>raise NotImplementedError",
            cell["source"],
        )
    return _written(notebook)


def _notebook(chapter: Chapter) -> dict[str, Any]:
    if importlib.util.find_spec("jupytext") is None:
        raise missing_extra("course", "jupytext", "course")
    import jupytext

    notebook: dict[str, Any] = jupytext.reads(chapter.text, fmt="md:myst")
    return notebook


def _tags(cell: dict[str, Any]) -> set[str]:
    return set(cell["metadata"].get("tags", ()))


def _written(notebook: dict[str, Any]) -> str:
    """The JSON of a notebook, whose bytes depend on the chapter alone."""
    for number, cell in enumerate(notebook["cells"], 1):
        cell["id"] = f"cell-{number}"
        tags = sorted(_tags(cell) - _ONLY_A_SITES)
        cell["metadata"] = {"tags": tags} if tags else {}
        cell["source"] = _LINK.sub(r"\1.ipynb", cell["source"])
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    # The checker reads there which functions are asked for.
    ours = notebook["metadata"].get("stridewise", {})
    metadata = {
        "kernelspec": kernel,
        "language_info": {"name": "python"},
        "stridewise": {**ours},
    }
    document = {
        "cells": notebook["cells"],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
