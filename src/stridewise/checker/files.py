"""Which files there are to check, and whether one has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

__all__ = ["digest", "find_submissions", "lying_deeper"]

_SUFFIXES = (".py", ".ipynb")


def find_submissions(paths: Iterable[Path]) -> list[Path]:
    """Take files as they are given, and of folders the programs in them and one level below.

    What is hidden is left out, such as ``.ipynb_checkpoints``; no file comes twice.

    Examples
    --------
    >>> find_submissions([Path("mine.py"), Path("mine.py")]) == [Path("mine.py")]
    True
    """
    found: dict[Path, None] = {}
    for path in paths:
        found |= dict.fromkeys(_programs(path) if path.is_dir() else [path])
    return list(found)


def lying_deeper(paths: Iterable[Path]) -> list[Path]:
    """The programs just below those that are taken of the folders: somebody may look for them."""
    return [each for path in paths if path.is_dir() for each in _programs(path, ("*/*/*",))]


def _programs(folder: Path, patterns: tuple[str, ...] = ("*", "*/*")) -> list[Path]:
    return sorted(
        path
        for pattern in patterns
        for path in folder.glob(pattern)
        if path.suffix in _SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )


def digest(path: Path) -> str | None:
    """The SHA-256 of a file's content, or None if it cannot be read."""
    try:
        if not path.is_file():  # opening a named pipe would wait for ever
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
