"""What every reader does with a file that it cannot trust: find it, bound it, translate faults.

A file from outside is hostile until it is parsed. Its claimed sizes are checked before anything
is read, and whatever goes wrong inside a parser is reported as a :class:`DataError`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stridewise.errors import DataError, OptionTypeError, StridewiseError, explain

__all__ = ["MAX_BYTES", "MAX_CLASSES", "as_path", "parsing", "require_bounded", "require_file"]

MAX_BYTES = 2 * 1024**3
"""The most memory that one array of a dataset may need, once it is float32."""

MAX_CLASSES = 65_536
"""The most classes that a dataset file may claim: each becomes a Python string."""

_FLOAT32_BYTES = 4


def as_path(operation: str, path: object) -> Path:
    """Return ``path`` as a :class:`~pathlib.Path`; refuse what cannot be one.

    Examples
    --------
    >>> as_path("demo", "cats").name
    'cats'
    """
    if not isinstance(path, str | os.PathLike):
        raise OptionTypeError(
            explain(
                operation,
                "the path is not a path.",
                needed="a string or a pathlib.Path",
                received=f"{path!r} ({type(path).__name__})",
                hint='"data/cats.npz"',
            )
        )
    return Path(path)


def require_file(operation: str, path: object) -> Path:
    """Return the path of an ordinary file that exists."""
    file = as_path(operation, path)
    # A named pipe is no ordinary file: opening one would wait for ever.
    if not file.is_file():
        raise DataError(
            explain(
                operation,
                "there is no such file.",
                needed="the path of a file that exists",
                received=f"{str(file)!r}" + (", which is a folder" if file.is_dir() else ""),
                hint=f"look for it from the current folder, {str(Path.cwd())!r}",
            )
        )
    return file


def require_bounded(
    operation: str, path: Path, name: str, shape: tuple[int, ...], itemsize: int
) -> None:
    """Refuse an array that claims no values, or more memory than ``MAX_BYTES``.

    Examples
    --------
    >>> require_bounded("demo", Path("cats.npz"), "images", (209, 64, 64, 3), 1)
    """
    if any(size < 1 for size in shape):
        raise DataError(
            explain(
                operation,
                f"`{name}` is empty.",
                needed="at least one value along every axis",
                received=f"{name}.shape={shape} in {str(path)!r}",
                hint="a file with at least one example",
            )
        )
    claimed = math.prod(shape) * max(itemsize, _FLOAT32_BYTES)
    if claimed > MAX_BYTES:
        raise DataError(
            explain(
                operation,
                f"`{name}` is too large.",
                needed=f"at most {MAX_BYTES:,} bytes as float32",
                received=f"{name}.shape={shape}, {claimed:,} bytes, in {str(path)!r}",
                hint="fewer or smaller images",
            )
        )


@contextmanager
def parsing(operation: str, path: Path, kind: str) -> Iterator[None]:
    """Turn whatever a parser raises about a file into a :class:`DataError`.

    Examples
    --------
    >>> try:
    ...     with parsing("demo", Path("cats.npz"), "NPZ file"):
    ...         raise EOFError("no more bytes")
    ... except DataError as error:
    ...     print(error)
    demo: the NPZ file cannot be read.
      needed:   an NPZ file, whole and undamaged
      received: 'cats.npz': EOFError: no more bytes
      try:      save or download the file again
    """
    try:
        yield
    except StridewiseError:
        raise
    # Hostile bytes reach parsers' every corner (struct.error, zlib.error, MemoryError ...), and
    # no list of their errors would be complete. Nothing but parsing runs inside this block.
    except Exception as error:
        detail = " ".join(str(error).split())[:200]
        article = "an" if kind[0] in "AEIOUHNaeiou" else "a"
        raise DataError(
            explain(
                operation,
                f"the {kind} cannot be read.",
                needed=f"{article} {kind}, whole and undamaged",
                received=f"{str(path)!r}: {type(error).__name__}: {detail}",
                hint="save or download the file again",
            )
        ) from None
