"""Compiled code on disk, so that a later process does not compile it again.

One file an object: a checksum, then the machine code. A file that is not what it should be is
treated as missing, and one that cannot be written is not missed. Old files go when there are more
than the bound allows. Whatever else is in the folder is left alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path

__all__ = ["clear", "folder", "read", "size", "write"]

_VARIABLE = "STRIDEWISE_CACHE"
_MOST_BYTES = 64 * 2**20
_CHECKSUM = hashlib.sha256().digest_size
# A key, or a file that is being written.
_OWN_NAME = re.compile(r"[0-9a-f]{32}|\.new-\w+")


def folder() -> Path:
    """The cache's folder: STRIDEWISE_CACHE, or a place of the user's own."""
    asked = os.environ.get(_VARIABLE)
    if asked:
        return Path(asked)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "stridewise" / "kernels"


def read(key: str) -> bytes | None:
    """The object of this key, or None if there is none that is whole."""
    try:
        place = folder()
        if not _is_ours(place):
            return None
        content = (place / key).read_bytes()
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return None
    checksum, code = content[:_CHECKSUM], content[_CHECKSUM:]
    return code if hashlib.sha256(key.encode() + code).digest() == checksum else None


def write(key: str, code: bytes) -> None:
    """Keep an object, all of it or nothing; where the folder cannot be written, nothing."""
    try:
        place = folder()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(place):
            return
        checksum = hashlib.sha256(key.encode() + code).digest()
        handle, name = tempfile.mkstemp(dir=place, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(checksum + code)
            Path(name).replace(place / key)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _keep_within_bound(place)
    except (OSError, RuntimeError):
        return


def _is_ours(place: Path) -> bool:
    """Whether nobody else can write there: what is read from it is run."""
    if os.name != "posix":
        return True
    status = place.stat()
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def size() -> tuple[int, int]:
    """How many objects there are, and how many bytes they take."""
    try:
        sizes = [bytes_ for _, bytes_, _ in _files(folder())]
    except RuntimeError:  # there is no home
        return 0, 0
    return len(sizes), sum(sizes)


def clear() -> None:
    """Remove all of it, and the folder unless there is something else in it."""
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: there is no home
        place = folder()
        for _, _, path in _files(place):
            path.unlink(missing_ok=True)
        place.rmdir()


def _files(place: Path) -> list[tuple[float, int, Path]]:
    found = []
    with contextlib.suppress(OSError, RuntimeError):
        for path in filter(lambda path: _OWN_NAME.fullmatch(path.name), place.iterdir()):
            with contextlib.suppress(OSError):  # another process may clear it meanwhile
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
    return found


def _keep_within_bound(place: Path) -> None:
    files = _files(place)
    excess = sum(bytes_ for _, bytes_, _ in files) - _MOST_BYTES
    for _, bytes_, path in sorted(files, key=lambda file: file[0]):
        if excess <= 0:
            return
        path.unlink(missing_ok=True)
        excess -= bytes_
