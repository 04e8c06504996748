"""The course in a folder of the learner's: what is there already stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from stridewise.course.chapters import Language, chapters
from stridewise.course.editions import instructors_edition, learners_edition
from stridewise.errors import RunError, explain

__all__ = ["LaidDown", "lay_down"]


class LaidDown(NamedTuple):
    """The notebooks that were written, and those that were there before."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def lay_down(folder: Path, lang: Language = "en", *, instructor: bool = False) -> LaidDown:
    """Write the chapters' notebooks into a folder, which is made if need be.

    Parameters
    ----------
    folder : path
    lang : "en" or "zh"
    instructor : bool
        With the solutions, and with notes for instructors.

    Returns
    -------
    LaidDown
        A file that is there is never written to, whatever is in it.

    Raises
    ------
    RunError
        If the folder cannot be written to.
    MissingExtraError
        If Jupytext is not installed.
    """
    edition = instructors_edition if instructor else learners_edition
    notebooks = {f"{each.name}.ipynb": edition(each) for each in chapters(lang)}
    written, kept = list[Path](), list[Path]()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, notebook in notebooks.items():
            path = folder / name
            (written if _is_new(path, notebook.encode()) else kept).append(path)
    except OSError as error:
        raise RunError(
            explain(
                "course",
                "the notebooks cannot be written.",
                needed="a folder that can be written to",
                received=f"{str(folder)!r} ({error.strerror or error})",
                hint="another folder: stridewise course my-course",
            )
        ) from None
    return LaidDown(tuple(written), tuple(kept))


def _is_new(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet; half of one does not stay."""
    try:
        file = path.open("xb")
    except FileExistsError:
        return False
    try:
        with file:
            file.write(data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True
