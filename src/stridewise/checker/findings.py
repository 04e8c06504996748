"""What there is to say about one function, line by line: formats differ in how they show it."""

from __future__ import annotations

from itertools import zip_longest
from typing import Literal, NamedTuple

from stridewise.checker.labels import has_label, label
from stridewise.checker.plain import line, lines
from stridewise.checker.results import FileResult, FirstWrong, FunctionResult
from stridewise.checker.words import convention, hints, message

__all__ = ["Finding", "findings", "place", "problem_of", "protection_of", "shown"]


class Finding(NamedTuple):
    """One line: the mistake, the evidence, the learner's own code, a hint, or a remark.

    A hint has a name, so that a page can show that alone until it is asked for more.
    """

    kind: Literal["mistake", "evidence", "code", "hint", "remark"]
    text: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.text}" if self.name else self.text


def findings(result: FunctionResult, lang: str, how_many_hints: int) -> list[Finding]:
    """Say all that was found about a function, what matters most first."""
    said: list[Finding] = []
    for mistake in result.mistakes:
        where = ""
        if mistake.line is not None:
            where = label("in place", lang, place=place(mistake.line, mistake.cell, lang))
        said.append(Finding("mistake", message(mistake.id, lang) + where))
        said += [
            Finding("hint", text, label("hint", lang, number=number))
            for number, text in enumerate(hints(mistake.id, lang)[:how_many_hints], 1)
        ]
    if result.status == "missing":
        said.append(Finding("mistake", label("is missing", lang)))
    if result.status == "timeout":
        said.append(Finding("mistake", label("took too long", lang)))
    elif result.error is not None:
        said.append(Finding("mistake", lines(f"{result.error.type}: {result.error.message}")))
        said += [
            Finding(
                "code", f"{number if cell is None else place(number, cell, lang)}: {line(code)}"
            )
            for (number, code), cell in zip_longest(result.error.lines, result.error.cells)
        ]
        if result.error.input:
            said.append(Finding("evidence", label("input", lang, input=line(result.error.input))))
    if result.first_wrong is not None:
        said += _evidence(result.first_wrong, lang)
    if result.blamed:
        names = label("comma", lang).join(map(line, result.blamed))
        key = "blamed alone" if result.status == "passed" else "blamed too"
        said.append(Finding("remark", label(key, lang, names=names)))
    said += [
        Finding("remark", label("convention", lang, text=convention(id, lang)))
        for id in result.conventions
    ]
    return said


def _evidence(wrong: FirstWrong, lang: str) -> list[Finding]:
    expected, got = shown(wrong)
    index = "" if not wrong.index else f"[{', '.join(map(str, wrong.index))}]"
    where = label(
        "whole" if wrong.index is None else "place", lang, place=line(wrong.result) + index
    )
    numbers = (label("expected", lang, value=expected), label("got", lang, value=got))
    stop = "。" if lang == "zh" else ""
    return [
        Finding("evidence", label("comma", lang).join((where, *numbers)) + stop),
        Finding("evidence", label("input", lang, input=line(wrong.input))),
    ]


def problem_of(result: FileResult, lang: str) -> str | None:
    """Why a file could not be checked: in other languages a sentence before the English text."""
    if result.problem is None:
        return None
    id = result.problem_id
    sentence = "" if id is None or lang == "en" else label(f"problem {id}", lang) + "\n"
    return lines(sentence + result.problem)


def protection_of(result: FileResult, lang: str) -> str:
    """What kept the program from doing harm, or that nothing did."""
    if not result.protection:
        return label("unprotected", lang)
    names = [
        label(f"by {each}", lang) if has_label(f"by {each}") else line(each)
        for each in result.protection
    ]
    return label("protection", lang, names=label("comma", lang).join(names))


def place(line: int, cell: int | None, lang: str) -> str:
    """Say where a line is: in a file, or in a notebook's cell.

    >>> place(4, None, "en"), place(4, 2, "en")
    ('line 4', 'cell 2, line 4')
    """
    return label("line" if cell is None else "cell line", lang, line=line, cell=cell)


def shown(wrong: FirstWrong) -> tuple[str, str]:
    """What was expected and what came, short, but never so short that they look alike.

    >>> shown(FirstWrong("", "Z", (0,), 1.0, 1.0000001))
    ('1.0', '1.0000001')
    """
    pair = (wrong.expected, wrong.got)
    short = [f"{v:.6g}" if isinstance(v, float) else line(v) for v in pair]
    if short[0] == short[1]:
        short = [repr(v) if isinstance(v, float) else line(v) for v in pair]
    return short[0], short[1]
