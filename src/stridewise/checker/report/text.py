"""The results for a terminal: a table of the functions, then what is wrong."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stridewise.checker.findings import findings, problem_of, protection_of
from stridewise.checker.labels import label
from stridewise.checker.plain import line
from stridewise.checker.report.commonest import commonest
from stridewise.checker.results import FileResult
from stridewise.checker.words import message

__all__ = ["as_text", "as_text_renderable", "commonest_table"]

_STATUS = {
    "passed": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "error": ("✗", "bold red"),
    "timeout": ("✗", "bold red"),
    "missing": ("–", "yellow"),
}
_KINDS = {"mistake": "bold", "evidence": "", "code": "cyan", "hint": "italic", "remark": "dim"}


def as_text(results: Sequence[FileResult], lang: str = "en", hints: int = 1) -> str:
    """Give the text without colours, for a file."""
    out = io.StringIO()
    console = Console(file=out, width=100, color_system=None, force_terminal=False)
    console.print(as_text_renderable(results, lang, hints))
    return out.getvalue()


def as_text_renderable(
    results: Sequence[FileResult], lang: str = "en", hints: int = 1
) -> RenderableType:
    """Give what a console prints, in colours if it has them."""
    parts: list[RenderableType] = []
    for result in results:
        if parts:
            parts.append("")
        parts += _file(result, lang, hints)
    if len(results) > 1 and commonest(results):
        parts += ["", commonest_table(results, lang)]
    return Group(*parts)


def _file(result: FileResult, lang: str, hints: int) -> Iterator[RenderableType]:
    total, passed = len(result.functions), result.summary["passed"]
    heading = Text(line(result.file), style="bold underline")
    problem = problem_of(result, lang)
    if problem is not None:
        yield heading
        yield Text(f"✗ {label('problem', lang)}", style="bold red")
        yield Padding(Text(problem), (0, 0, 0, 2))
        return
    yield Text.assemble(heading, "  ", (label("of", lang, passed=passed, total=total), "bold"))
    yield _functions(result, lang)
    for name, each in result.functions.items():
        # A name that is missing has been told by the table.
        said = [] if each.status == "missing" else findings(each, lang, hints)
        if said:
            yield ""
            yield Text(line(name), style="bold cyan")
        for finding in said:
            text = Text(str(finding), style=_KINDS[finding.kind])
            yield Padding(text, (0, 0, 0, 2 if finding.kind == "mistake" else 4))
    yield ""
    yield Text(protection_of(result, lang), style="dim" if result.protection else "yellow")


def _functions(result: FileResult, lang: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for key in ("function", "result", "findings"):
        table.add_column(label(key, lang))
    for name, each in result.functions.items():
        sign, style = _STATUS[each.status]
        table.add_row(
            Text(line(name)),
            Text(f"{sign} {label(each.status, lang)}", style=style),
            Text(", ".join(mistake.id for mistake in each.mistakes)),
        )
    return table


def commonest_table(results: Sequence[FileResult], lang: str = "en") -> Table:
    """The commonest mistakes of a class, with the number of files that each is in."""
    table = Table(
        title=label("commonest", lang),
        title_justify="left",
        title_style="bold",
        box=None,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    table.add_column(label("files", lang), justify="right")
    table.add_column(label("mistake", lang), no_wrap=True)
    table.add_column(label("meaning", lang))
    for id, count in commonest(results):
        table.add_row(str(count), id, message(id, lang))
    return table
