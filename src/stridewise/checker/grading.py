"""Many files at once: one that cannot be checked does not keep the others from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from stridewise.checker.results import FileResult
from stridewise.errors import StridewiseError

__all__ = ["grade"]


def grade(
    files: Sequence[Path], check: Callable[[Path], FileResult], jobs: int
) -> Iterator[tuple[Path, FileResult]]:
    """Check files side by side, and give each result as soon as it is there.

    Threads are enough, since every submission runs in a process of its own.

    Examples
    --------
    >>> [result.file for _, result in grade([Path("a.py")], lambda path: FileResult(path.name), 1)]
    ['a.py']
    """
    executor = ThreadPoolExecutor(max_workers=jobs)
    try:
        futures = {executor.submit(_checked, check, path): path for path in files}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        executor.shutdown(cancel_futures=True)


def _checked(check: Callable[[Path], FileResult], path: Path) -> FileResult:
    """The result under the name that the file was given by: in a class, many are alike."""
    try:
        return replace(check(path), file=str(path))
    except StridewiseError as error:
        return FileResult(str(path), problem=str(error), problem_id=getattr(error, "id", None))
    except Exception as error:
        return FileResult(str(path), problem=f"{type(error).__name__}: {error}")
