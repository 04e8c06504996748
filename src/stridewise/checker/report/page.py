"""The results as one page of HTML that needs nothing else, and runs nothing."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
from collections.abc import Sequence
from importlib import resources
from typing import Any

from stridewise.checker.findings import findings
from stridewise.checker.labels import label
from stridewise.checker.plain import line, lines
from stridewise.checker.report.commonest import commonest
from stridewise.checker.results import FileResult
from stridewise.checker.words import message
from stridewise.errors import missing_extra

__all__ = ["as_page"]

_SIGNS = {"passed": "✓", "failed": "✗", "error": "✗", "timeout": "✗", "missing": "–"}


def as_page(results: Sequence[FileResult], lang: str = "en", hints: int = 1) -> str:
    """Give the page: a table of the files, the commonest mistakes, then file by file.

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
    style = folder.joinpath("page.css").read_text("utf-8")
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
            files=[_file(result, lang, hints) for result in results],
            commonest=[(id, count, message(id, lang)) for id, count in commonest(results)],
        )
        + "\n"
    )


def _file(result: FileResult, lang: str, hints: int) -> dict[str, Any]:
    return {
        "name": line(result.file),
        "problem": None if result.problem is None else lines(result.problem),
        "summary": result.summary,
        "total": len(result.functions),
        "protection": ", ".join(map(line, result.protection)),
        "functions": [
            {
                "name": line(name),
                "status": each.status,
                "sign": _SIGNS[each.status],
                "findings": findings(each, lang, hints),
            }
            for name, each in result.functions.items()
        ],
    }
