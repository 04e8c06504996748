"""Pictures as HTML: tables that are sharp, can be selected, and are read out."""

from __future__ import annotations

import html
from functools import cache, lru_cache
from importlib import resources

import numpy as np

from stridewise.checker.exercises import asked
from stridewise.checker.labels import label
from stridewise.checker.pictures.maps import map_section
from stridewise.checker.pictures.recording import right_part, spot_of
from stridewise.checker.pictures.tables import Cell, Section, Table
from stridewise.checker.pictures.windows import window_section
from stridewise.checker.results import FirstWrong, FunctionResult

__all__ = ["picture_of", "style"]

_MOST_KEPT = 4096


@cache
def style() -> str:
    """The style of pictures, on whatever page they stand."""
    return resources.files(__package__).joinpath("picture.css").read_text("utf-8")


def picture_of(function: str, result: FunctionResult, lang: str) -> str:
    """Draw what there is to see of a function's first wrong element, if there is anything."""
    return "" if result.first_wrong is None else _drawn(function, result.first_wrong, lang)


@lru_cache(_MOST_KEPT)
def _drawn(function: str, found: FirstWrong, lang: str) -> str:
    return "".join(_section(each, lang) for each in _sections(function, found, lang))


def _sections(function: str, found: FirstWrong, lang: str) -> list[Section]:
    question = asked(function, found.input)
    right = right_part(function, found)
    if question is None or right is None:
        return []
    sections = []
    spot = spot_of(function, found)
    recipe = question.part.recipe
    reads_windows = found.result == recipe.results[0] and found.index is not None
    if spot is not None and spot.mode == "forward" and reads_windows:
        x = np.asarray(question.part.probes[question.within].arguments[0])
        sections.append(window_section(found, spot, x, lang))
    maps = map_section(found, right, lang)
    return [*sections, maps] if maps else sections


def _section(section: Section, lang: str) -> str:
    title = html.escape(section.title)
    groups = "".join(
        f"<div>{''.join(_table(each, lang) for each in group)}</div>" for group in section.groups
    )
    said = "".join(f"<p>{html.escape(each)}</p>" for each in section.sentences)
    return (
        f'<div class="picture"><h4>{title}</h4>'
        f'<div class="tables" tabindex="0" role="group" aria-label="{title}">{groups}</div>'
        f"{said}</div>"
    )


def _table(table: Table, lang: str) -> str:
    head = "".join(
        f'<th scope="col">{each}</th>' if each else "<td></td>" for each in table.column_names
    )
    rows = "".join(
        "<tr>"
        + (f'<th scope="row">{name}</th>' if name else "<td></td>")
        + "".join(_cell(each, lang) for each in cells)
        + "</tr>"
        for name, cells in zip(table.row_names, table.rows, strict=True)
    )
    caption = html.escape(table.title)
    return (
        f"<table><caption>{caption}</caption><thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(cell: Cell, lang: str) -> str:
    text = html.escape(cell.text)
    if not cell.marks:
        return f"<td>{text}</td>"
    said = ", ".join(label(f"mark {mark}", lang) for mark in cell.marks)
    return f'<td class="{" ".join(cell.marks)}">{text}<span> {html.escape(said)}</span></td>'
