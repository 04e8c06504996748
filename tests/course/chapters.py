"""What the tests of the course share: its chapters, and the functions that each asks for."""

import ast
import json

from stridewise.checker.catalogue import RECIPES
from stridewise.course import LANGUAGES, chapters, instructors_edition

CHAPTERS = [chapter for lang in LANGUAGES for chapter in chapters(lang)]


def name_of(chapter):
    return f"{chapter.lang}-{chapter.name}"


def code_cells(notebook):
    return [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]


def functions_asked_for(chapter):
    """The exercise's functions that are written in a chapter."""
    trees = [ast.parse(cell["source"]) for cell in code_cells(instructors_edition(chapter))]
    defined = [each for tree in trees for each in tree.body if isinstance(each, ast.FunctionDef)]
    return [each.name for each in defined if each.name in RECIPES]
