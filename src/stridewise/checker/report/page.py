"""The results as one page of HTML that needs nothing else, and runs nothing."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
from collections.abc import Sequence
from importlib import resources
from typing import Any, NamedTuple

from stridewise.checker.exploring import link_to
from stridewise.checker.findings import findings, problem_of, protection_of
from stridewise.checker.labels import label
from stridewise.checker.pictures import picture_of
from stridewise.checker.pictures import style as picture_style
from stridewise.checker.plain import line
from stridewise.checker.report.commonest import commonest
from stridewise.checker.results import SIGNS, FileResult, FunctionResult
from stridewise.checker.words import message
from stridewise.errors import missing_extra

__all__ = ["as_page"]


def as_page(
    results: Sequence[FileResult], lang: str = "en", hints: int = 1, explorer: str | None = None
) -> str:
    """Give the page: a table of the files, the commonest mistakes, then file by file.

    Parameters
    ----------
    results : sequence of FileResult
    lang : str
    hints : int
    explorer : str, optional
        The folder, beside the page, with the explorer's pages; without one no link leads there.

    Raises
    ------
    MissingExtraError
        If Jinja is not installed.
    """
    if importlib.util.find_spec("jinja2") is None:
        raise missing_extra("check", "jinja2", "train")
    from jinja2 import Environment, StrictUndefined

    folder = resources.files("stridewise.checker.report")
    template = folder.joinpath("page.html.j2").read_text("utf-8")
    style = folder.joinpath("page.css").read_text("utf-8") + picture_style()
    pictures = _Pictures()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return (
        environment.from_string(template).render(
            language="zh-CN" if lang == "zh" else "en",
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'",
            style=style,
            say=lambda key, **values: label(key, lang, **values),
            files=[_file(result, lang, hints, explorer, pictures) for result in results],
            pictures=list(pictures.all.values()),
            commonest=[(id, count, message(id, lang)) for id, count in commonest(results)],
        )
        + "\n"
    )


class _Picture(NamedTuple):
    number: int
    title: str
    drawn: str


class _Pictures:
    """The pictures of a page, each once: of a class, many make the same mistake."""

    def __init__(self) -> None:
        self.all: dict[str, _Picture] = {}

    def add(self, title: str, drawn: str) -> _Picture:
        return self.all.setdefault(drawn, _Picture(len(self.all) + 1, title, drawn))


def _file(
    result: FileResult, lang: str, hints: int, explorer: str | None, pictures: _Pictures
) -> dict[str, Any]:
    return {
        "name": line(result.file),
        "problem": problem_of(result, lang),
        "summary": result.summary,
        "total": len(result.functions),
        "protection": protection_of(result, lang),
        "functions": [
            {
                "name": line(name),
                "status": each.status,
                "sign": SIGNS[each.status],
                "ids": ", ".join(mistake.id for mistake in each.mistakes),
                "findings": findings(each, lang, hints),
                **_seen(name, each, lang, explorer, pictures),
            }
            for name, each in result.functions.items()
        ],
    }


def _seen(
    name: str, result: FunctionResult, lang: str, explorer: str | None, pictures: _Pictures
) -> dict[str, Any]:
    """The picture of a function, and where the explorer shows the same."""
    found = result.first_wrong
    link = None if found is None or explorer is None else link_to(name, found, explorer, lang)
    drawn = picture_of(name, result, lang)
    if found is None or not drawn:
        return {"explorer": link, "picture": None}
    return {
        "explorer": link,
        "picture": pictures.add(f"{line(name)}, {line(found.input)}", drawn),
    }
