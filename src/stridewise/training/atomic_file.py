"""Files that are whole or not there."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from stridewise.errors import RunError, explain

__all__ = ["write_atomically"]


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
    temporary = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # mkstemp makes files that only their owner can read
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
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
