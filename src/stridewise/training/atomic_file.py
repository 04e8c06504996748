"""Files that are whole or not there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from stridewise.errors import RunError, explain

__all__ = ["write_atomically", "write_together"]


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file beside its place and then move it there: whatever fails, the old one stays.

    Raises
    ------
    RunError
        If it cannot be written: the disk is full, the folder is not writable.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "file", b"new")
    ...     (Path(folder) / "file").read_bytes()
    b'new'
    """
    write_together({path: data})


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write several files, and move them to their places only when all are on the disk.

    Raises
    ------
    RunError
        If one cannot be written: then no older one has changed.
    """
    moves: list[tuple[Path, Path]] = []
    path, data = next(iter(files.items()))
    try:
        for path, data in files.items():
            moves.append((_temporary(path, data), path))
        for temporary, path in moves:
            temporary.replace(path)
    except OSError as error:
        raise RunError(
            explain(
                "writing",
                f"{path.name} cannot be written.",
                needed=f"a writable folder {str(path.parent)!r} with {len(data):,} bytes free",
                received=f"{type(error).__name__}: {error.strerror or error}",
                hint="another folder; an older file of that name is unharmed",
            )
        ) from None
    finally:
        for temporary, _ in moves:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _temporary(path: Path, data: bytes) -> Path:
    """Write a file beside its place, and see it to the disk."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # mkstemp makes files that only their owner can read
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
