"""The explorer at a first wrong element: as pages beside a report."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from stridewise.checker.pictures import spot_of
from stridewise.checker.results import FileResult, FirstWrong
from stridewise.errors import RunError, explain
from stridewise.explorer import exported
from stridewise.training.atomic_file import write_together

__all__ = ["folder_beside", "link_to", "require_ours", "write_pages"]

_OURS = b'import "stridewise/main"'  # in every page of the explorer, and in no other


def folder_beside(report: Path) -> Path:
    """Where the pages of a report are.

    >>> folder_beside(Path("class/report.html")).as_posix()
    'class/report-explorer'
    """
    return report.with_name(f"{report.stem}-explorer")


def link_to(function: str, found: FirstWrong, folder: str, lang: str) -> str | None:
    """The address of an element's page, from the report; None for what slides no window."""
    spot = spot_of(function, found)
    if spot is None:
        return None
    return f"{quote(folder)}/{spot.name}.html#{spot.fragment}&lang={lang}"


def require_ours(folder: Path) -> None:
    """Refuse a folder in which something else would be replaced.

    Raises
    ------
    RunError
        If it is no folder, or has other pages in it.
    """
    if not os.path.lexists(folder):
        return
    pages = folder.glob("*.html") if folder.is_dir() else [folder]
    others = sorted(page.name for page in pages if not _is_ours(page))
    if others:
        raise RunError(
            explain(
                "check --out",
                f"{folder.name} has other things in it than pages of the explorer.",
                needed="no folder of that name, or one that an earlier report has left",
                received=", ".join(map(repr, others[:3])),
                hint="another name for the report",
            )
        )


def _cannot_be_made(folder: Path, error: OSError) -> RunError:
    return RunError(
        explain(
            "check --out",
            "the folder of the explorer's pages cannot be made.",
            needed="a folder that can be written to",
            received=f"{str(folder)!r} ({error.strerror or error})",
            hint="a report in another folder",
        )
    )


def _is_ours(page: Path) -> bool:
    return page.is_file() and _OURS in page.read_bytes()


def write_pages(folder: Path, results: Iterable[FileResult]) -> None:
    """Write a page for each probe and example that fails somewhere, however often it does."""
    traces = {}
    for result in results:
        for name, each in result.functions.items():
            spot = None if each.first_wrong is None else spot_of(name, each.first_wrong)
            if spot is not None:
                traces[f"{spot.name}.html"] = spot.trace
    if traces:
        require_ours(folder)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _cannot_be_made(folder, error) from None
        write_together({folder / name: exported(each).encode() for name, each in traces.items()})
