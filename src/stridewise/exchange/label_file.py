"""Files that name the numbers of an output: one label a line, or JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from stridewise.datasets.untrusted_files import MAX_CLASSES, parsing, require_file
from stridewise.errors import DataError, explain

__all__ = ["read_labels"]

_MOST_BYTES = 16 * 1024**2


def read_labels(path: str | os.PathLike[str], count: int) -> dict[int, str]:
    r"""Read the labels of an output of ``count`` numbers.

    Parameters
    ----------
    path : str or path
        UTF-8. With the suffix .json: a list of labels, or an object from index to label. A label
        that is itself a list of strings is joined. Else: a label a line, the first for index 0.
    count : int
        How many numbers there are to name.

    Returns
    -------
    dict of int to str
        A label for every index; an object may leave some out.

    Raises
    ------
    DataError
        If the file is missing, too large, no such file, or does not have ``count`` labels.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "labels.txt"
    ...     _ = file.write_text("cat\ndog\n")
    ...     read_labels(file, 2)
    {0: 'cat', 1: 'dog'}
    """
    file = require_file("labels", path)
    if file.stat().st_size > _MOST_BYTES:
        raise _error(
            file,
            "the file is too large.",
            f"at most {_MOST_BYTES:,} bytes",
            f"{file.stat().st_size:,} bytes",
        )
    is_json = file.suffix.lower() == ".json"
    with parsing("labels", file, "JSON file" if is_json else "text file"):
        text = file.read_bytes().decode("utf-8-sig")
        content: Any = json.loads(text) if is_json else text.rstrip().split("\n")
    if isinstance(content, list):
        labels = {index: _label(file, label) for index, label in enumerate(content)}
    elif isinstance(content, dict):
        labels = {_index(file, key): _label(file, label) for key, label in content.items()}
    else:
        raise _error(file, "this is neither a list nor an object.", "[…] or {…}", _short(content))
    complete = len(labels) == count or isinstance(content, dict)
    if not complete or max(labels, default=count) >= count or len(labels) > MAX_CLASSES:
        last = f", the last for index {max(labels)}" if labels else ""
        raise _error(
            file,
            "these are not the labels of this output.",
            f"{count:,}, as many as the output has numbers, and at most {MAX_CLASSES:,}",
            f"{len(labels):,}{last}",
        )
    return labels


def _label(path: Path, value: object) -> str:
    parts = value if isinstance(value, list) else [value]
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) < len(parts):
        raise _error(path, "a label is no text.", "a string, or a list of strings", _short(value))
    return " ".join(" ".join(texts).split())


def _index(path: Path, key: str) -> int:
    if not (key.isdecimal() and len(key) < 10):
        raise _error(path, "an index is no whole number.", '{"0": "cat", "1": "dog"}', _short(key))
    return int(key)


def _short(value: object) -> str:
    return repr(value)[:100]


def _error(path: Path, problem: str, needed: str, received: str) -> DataError:
    return DataError(
        explain(
            "labels",
            problem,
            needed=needed,
            received=f"{received}, in {str(path)!r}",
            hint="the file that came with the model: a label a line, or JSON",
        )
    )
