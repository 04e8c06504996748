"""``stridewise course``: the chapters as notebooks to work in."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated

from rich.console import Console
from typer import Argument, Option

from stridewise.cli.language import Language
from stridewise.course import lay_down

__all__ = ["course"]


def course(
    folder: Annotated[Path, Argument(help="Where to; it is made if need be.")] = Path(
        "stridewise-course"
    ),
    lang: Annotated[Language, Option(help="English or Chinese.")] = Language.EN,
    instructor: Annotated[
        bool, Option("--instructor", help="With solutions, and with notes for instructors.")
    ] = False,
) -> None:
    """Lay the course's notebooks down, to be worked in; what is there already stays as it is."""
    laid = lay_down(folder, lang.value, instructor=instructor)
    console = Console(highlight=False, soft_wrap=True)
    for path in laid.written:
        console.print(str(path), markup=False)
    for path in laid.kept:
        console.print(f"{path} was there already, and stays as it is", markup=False)
    jupyter = "jupyter" if shutil.which("jupyter") else f"{sys.executable} -m jupyter"
    console.print(f"\nNext: {jupyter} lab {shlex.quote(str(folder))}", markup=False)
