"""Write docs/mistakes.md: what the checker knows, in both languages, from its own catalogue.

``python docs/mistakes.py`` writes the page; a test compares it with the catalogue as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from stridewise.checker.exercises import EXERCISES
from stridewise.checker.words import LANGUAGES, convention, english, message

PAGE = Path(__file__).with_name("mistakes.md")

HEAD = """\
# Mistakes

<!-- Written by `python docs/mistakes.py` from the checker's catalogue; do not edit. -->

A mistake is named only if it gives exactly the learner's numbers, on every probe; [the checker](checker.md) says how.

| mistake | in | what it is | 含义 |
|---|---|---|---|
"""

CHOICES = """
## Choices, no faults

They are said, and cost nothing.

| choice | what it is | 含义 |
|---|---|---|
"""


def functions_with(id: str) -> str:
    """The functions in which the catalogue has a mistake.

    >>> functions_with("stride-equals-f")
    '`pool_forward`'
    """
    having = dict.fromkeys(
        name
        for exercise in EXERCISES.values()
        for name, parts in exercise.functions.items()
        if any(mistake.id == id for part in parts for mistake in part.recipe.mistakes)
    )
    return "<br>".join(f"`{name}`" for name in having) or "–"


def render() -> str:
    """The whole page."""
    mistakes = (
        [f"`{id}`", functions_with(id), *(message(id, lang) for lang in LANGUAGES)]
        for id in english.MISTAKES
    )
    choices = (
        [f"`{id}`", *(convention(id, lang) for lang in LANGUAGES)] for id in english.CONVENTIONS
    )
    return HEAD + _rows(mistakes) + CHOICES + _rows(choices)


def _rows(table: Iterable[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in table)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
