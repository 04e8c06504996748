"""``stridewise check``: which mistake is in a learner's functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterator, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from typer import Argument, Option

from stridewise.checker import report
from stridewise.checker.exercises import require_functions
from stridewise.checker.exploring import folder_beside, require_ours, write_pages
from stridewise.checker.files import find_submissions, lying_deeper
from stridewise.checker.grading import grade
from stridewise.checker.results import FileResult
from stridewise.checker.results_file import ResultsFile
from stridewise.cli.language import Language
from stridewise.errors import DataError, OptionError, RunError, StridewiseError, explain
from stridewise.training.atomic_file import write_atomically

__all__ = ["Format", "check"]


class Format(StrEnum):
    """What to write."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"
    JUNIT = "junit"
    GRADESCOPE = "gradescope"
    CSV = "csv"


_WRITERS: dict[Format, Callable[[Sequence[FileResult], str, int], str]] = {
    Format.TEXT: report.as_text,
    Format.HTML: report.as_page,
    Format.JSON: report.as_json,
    Format.JUNIT: report.as_junit,
    Format.GRADESCOPE: report.as_gradescope,
    Format.CSV: report.as_csv,
}

_ENDINGS = {
    ".html": Format.HTML,
    ".json": Format.JSON,
    ".xml": Format.JUNIT,
    ".csv": Format.CSV,
}


def check(
    paths: Annotated[
        list[Path] | None,
        Argument(help="Programs and notebooks; of a folder, all that are in it."),
    ] = None,
    format: Annotated[
        Format | None,
        Option(
            help="What to write; csv is a row a file. By default what --out ends in, else text.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, Option(help="A file to write it to; one of that name is replaced.")
    ] = None,
    functions: Annotated[
        str | None,
        Option(
            help="Tell of these alone, such as those of a chapter: zero_pad,conv_forward.",
            metavar="NAMES",
        ),
    ] = None,
    hints: Annotated[int, Option(help="How many hints to give for a mistake.", min=0, max=2)] = 1,
    lang: Annotated[Language, Option(help="English or Chinese.")] = Language.EN,
    jobs: Annotated[
        int | None, Option(help="Files to check side by side; by default one a core.", min=1)
    ] = None,
    resume: Annotated[
        bool,
        Option("--resume", help="Go on with --out, of JSON: check only what is new or changed."),
    ] = False,
    require_sandbox: Annotated[
        bool, Option("--require-sandbox", help="Refuse to run a program that is not shut in.")
    ] = False,
    self_test: Annotated[
        bool, Option("--self-test", help="Check the checker, with every mistake that it knows.")
    ] = False,
) -> None:
    """Check the functions of the exercise, and say which mistake is in them.

    The exit code is 0 if all passed, 1 if some failed, 2 if a file could not be checked.
    """
    from stridewise.checker.checking import check_file  # here: no other command needs it

    if format is None:
        format = _ENDINGS.get(out.suffix if out else "", Format.TEXT)
    try:
        if self_test:
            code = _test_itself()
        else:
            files = _files(paths or [], format, out, resume)
            names = _names(functions)
            saved = None
            if out and format is Format.JSON:
                saved = ResultsFile(
                    out, files, lang, functions=names, require_sandbox=require_sandbox
                )
            results = saved.known() if saved and resume else {}
            if saved and results:
                saved.write(results)  # without files that have gone since
            checked = partial(check_file, functions=names, require_sandbox=require_sandbox)
            for path, result in _watched(files, results, jobs or os.cpu_count() or 1, checked):
                results[path] = result
                if saved:
                    saved.write(results)
            ordered = [results[path] for path in files]
            _tell(ordered, format, out, lang, hints)
            code = _code(ordered)
    except StridewiseError as error:
        typer.echo(str(error), err=True)
        code = 2
    raise typer.Exit(code)


def _files(paths: Sequence[Path], format: Format, out: Path | None, resume: bool) -> list[Path]:
    """The files to check; what would be found out only after a long check is refused before."""
    files = find_submissions(paths)
    if not files:
        raise _nothing(paths)
    deeper = lying_deeper(paths)
    if deeper:
        first = f"{len(deeper)} deeper in folders, not checked; the first: {report.line(deeper[0])}"
        typer.echo(first, err=True)
    if resume and (out is None or format is not Format.JSON):
        raise _nowhere_to_resume(format, out)
    if out is not None and not out.absolute().parent.is_dir():
        raise _no_folder(out)
    if out is not None and out.resolve() in {path.resolve() for path in files}:
        raise _would_be_lost(out)
    if out is not None and format is Format.HTML:
        require_ours(folder_beside(out))
    return files


def _names(text: str | None) -> frozenset[str]:
    """The functions to tell of; none for all."""
    if text is None:
        return frozenset()
    names = [each.strip() for each in text.split(",") if each.strip()]
    require_functions(names)
    return frozenset(names)


def _watched(
    files: Sequence[Path],
    known: Container[Path],
    jobs: int,
    check_file: Callable[[Path], FileResult],
) -> Iterator[tuple[Path, FileResult]]:
    """Check what is not known, with a bar on the terminal that vanishes at the end."""
    console = Console(stderr=True)
    columns = (TextColumn("file"), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    new = [path for path in files if path not in known]
    results = grade(new, check_file, jobs)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=len(files), completed=len(files) - len(new))
        for result in results:
            bar.advance(task)
            yield result


def _tell(
    results: Sequence[FileResult], format: Format, out: Path | None, lang: str, hints: int
) -> None:
    if out is None and format is Format.TEXT:
        Console().print(report.as_text_renderable(results, lang, hints))
        return
    if out is not None and format is Format.HTML:
        folder = folder_beside(out)
        write_pages(folder, results)
        text = report.as_page(results, lang, hints, explorer=folder.name)
    else:
        text = _WRITERS[format](results, lang, hints)
    if out is None:
        typer.echo(text, nl=False)
    else:
        if format is not Format.JSON:  # that has been written already, file by file
            write_atomically(out, text.encode())
        passed = sum(_code([result]) == 0 for result in results)
        said = report.label("of", lang, passed=passed, total=len(results))
        Console().print(
            f"{report.line(out)}: {said}", markup=False, highlight=False, soft_wrap=True
        )
    if format is Format.CSV and report.commonest(results):
        Console(stderr=True).print(report.commonest_table(results, lang))


def _code(results: Sequence[FileResult]) -> int:
    """The exit code: the worst that happened to a file."""
    if any(result.problem is not None for result in results):
        return 2
    return int(any(result.summary["failed"] for result in results))


def _test_itself() -> int:
    from stridewise.checker.self_test import self_test

    score = self_test()
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row(
        "wrong implementations", f"{score.total}, of which {score.pairs} have two mistakes"
    )
    table.add_row("detected", str(score.detected))
    table.add_row("named", str(score.named))
    table.add_row("misnamed", str(len(score.misnamed)))
    console = Console()
    console.print(table)
    for line in score.misnamed:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return int(bool(score.misnamed))


def _nothing(paths: Sequence[Path]) -> DataError:
    return DataError(
        explain(
            "check",
            "there is nothing to check.",
            needed="a .py or an .ipynb, or a folder with some",
            received=", ".join(map(repr, map(str, paths))) or "no path",
            hint="stridewise check mine.py",
        )
    )


def _nowhere_to_resume(format: Format, out: Path | None) -> OptionError:
    return OptionError(
        explain(
            "check --resume",
            "there is no file of results to go on with.",
            needed="--format json and --out",
            received=f"--format {format}" + (f" --out {out}" if out else ""),
            hint="--format json --out results.json --resume",
        )
    )


def _no_folder(out: Path) -> RunError:
    return RunError(
        explain(
            "check --out",
            "there is no folder for the file.",
            needed="a folder that exists",
            received=f"{str(out.parent)!r}",
            hint=f"{out.name!r}, in the current folder",
        )
    )


def _would_be_lost(out: Path) -> OptionError:
    return OptionError(
        explain(
            "check --out",
            "this is one of the files to check, and would be replaced.",
            needed="a file of its own for the report",
            received=f"{str(out)!r}",
            hint="--out report.html --format html",
        )
    )
