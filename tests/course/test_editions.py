"""From one source the instructor's notebook, and the learner's without the solutions."""

import ast
import json

import nbformat
import pytest

from stridewise.course import LANGUAGES, Chapter, chapters, instructors_edition, learners_edition
from tests.course.chapters import CHAPTERS, code_cells, functions_asked_for, name_of

SOURCE = '''---
kernelspec:
  display_name: Python 3
  name: python3
---

# 1. A title

Words, and a link to [another](2-one-step.md).

+++ {"tags": ["instructor"]}

Not for learners.

+++

```{code-cell} ipython3
:tags: [hide-input]

def twice(x):
    """Two times x."""
    y = x + x
    ### BEGIN SOLUTION
    for _ in range(1):
        y = 2 * x
    return y
    ### END SOLUTION
```
'''
CHAPTER = Chapter("1-demo", "en", SOURCE)


def _text(notebook):
    return "\n".join(cell["source"] for cell in json.loads(notebook)["cells"])


def test_the_learner_gets_the_stub_alone():
    (cell,) = code_cells(learners_edition(CHAPTER))
    assert cell["source"] == (
        'def twice(x):\n    """Two times x."""\n    y = x + x\n'
        "    # Your code here.\n    raise NotImplementedError"
    )
    assert cell["metadata"] == {}


def test_notes_for_instructors_stay_with_them():
    assert "Not for learners." in _text(instructors_edition(CHAPTER))
    assert "Not for learners." not in _text(learners_edition(CHAPTER))


def test_links_lead_to_the_other_notebooks():
    assert "[another](2-one-step.ipynb)" in _text(learners_edition(CHAPTER))


def test_a_chapter_is_called_by_its_heading():
    assert CHAPTER.title == "1. A title"


def test_the_same_source_gives_the_same_bytes():
    assert learners_edition(CHAPTER) == learners_edition(CHAPTER)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=name_of)
@pytest.mark.parametrize("edition", [learners_edition, instructors_edition])
def test_editions_are_notebooks(chapter, edition):
    nbformat.validate(nbformat.reads(edition(chapter), as_version=4))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=name_of)
def test_no_solution_is_left_in_a_learners_edition(chapter):
    text = _text(learners_edition(chapter))
    assert "SOLUTION" not in text
    assert text.count("raise NotImplementedError") == len(functions_asked_for(chapter)) >= 1


def test_there_are_six_chapters_in_each_language():
    names = [[chapter.name for chapter in chapters(lang)] for lang in LANGUAGES]
    assert names[0] == names[1]
    assert [int(name.split("-")[0]) for name in names[0]] == [1, 2, 3, 4, 5, 6]


class _WithoutWords(ast.NodeTransformer):
    """Takes away what may differ between languages: docstrings, and which language to speak."""

    def visit_FunctionDef(self, node):
        node.body = node.body[ast.get_docstring(node) is not None :]
        return self.generic_visit(node)

    def visit_keyword(self, node):
        return None if node.arg == "lang" else self.generic_visit(node)


@pytest.mark.parametrize("number", range(6))
def test_languages_differ_in_words_alone(number):
    one, other = (
        [
            ast.unparse(_WithoutWords().visit(ast.parse(cell["source"])))
            for cell in code_cells(instructors_edition(chapters(lang)[number]))
        ]
        for lang in LANGUAGES
    )
    assert one == other
