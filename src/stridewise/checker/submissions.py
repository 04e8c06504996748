"""A learner's file: read it, whatever it is, and say which functions it has."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from stridewise.checker.quietly import quietly
from stridewise.checker.stubs import is_stub
from stridewise.checker.unusable import not_notebook, not_text, too_large, unusable
from stridewise.datasets.untrusted_files import require_file
from stridewise.errors import DataError

__all__ = ["Source", "functions_in", "lines_in", "read_source", "written_in"]

_OPERATION = "check"
_MOST_TEXT = 1024**2  # a larger one takes Python seconds, and gigabytes, to parse
_MOST_NOTEBOOK = 50 * 1024**2  # its pictures count too
_MAGIC = re.compile(r"(?P<before>\s*(?:[\w., ]+=\s*)?)(?:[%!?]|[\w.]+\?{1,2}\s*$)")


@dataclass(frozen=True)
class Source:
    """A learner's program.

    Attributes
    ----------
    name : str
        The file's name, without its folder.
    text : str
        Python.
    cells : tuple of int
        The first line, from 1, of every code cell; empty if it was no notebook.
    functions : tuple of str
        Those that a notebook says it asks for, as the course's do; empty if it says nothing.
    """

    name: str
    text: str
    cells: tuple[int, ...] = ()
    functions: tuple[str, ...] = ()

    def position(self, line: int) -> tuple[int | None, int]:
        r"""Give a line of ``text`` as the learner counts it: the cell, if any, and its line.

        Examples
        --------
        >>> Source("a.py", "x = 1").position(1)
        (None, 1)
        >>> Source("a.ipynb", "x = 1\n\ny = 2\nz = 3", cells=(1, 3)).position(4)
        (2, 2)
        """
        cell = bisect_right(self.cells, line)
        return (cell, line - self.cells[cell - 1] + 1) if cell else (None, line)

    @cached_property
    def tree(self) -> ast.Module:
        """What Python makes of the text; DataError if that is nothing, with the learner's line."""
        return _parsed(self)

    def place(self, line: int) -> str:
        """Say where a line of ``text`` is for the learner.

        Examples
        --------
        >>> Source("a.ipynb", "x = 1", cells=(1,)).place(1)
        'cell 1, line 1'
        """
        cell, number = self.position(line)
        return f"line {number}" if cell is None else f"cell {cell}, line {number}"


def read_source(path: object) -> Source:
    """Read a ``.py`` or an ``.ipynb``.

    Of a notebook the code cells are joined, with an empty line between them. Lines that only
    Jupyter understands (``%…``, ``!…``, ``name?``, cells that begin with ``%%``) are emptied, and
    stay lines.

    Raises
    ------
    DataError
        If it is no such file, too large, or not text.
    """
    file = require_file(_OPERATION, path)
    notebook = file.suffix.lower() == ".ipynb"
    data = _bytes(file, _MOST_NOTEBOOK if notebook else _MOST_TEXT)
    if notebook:
        return _from_notebook(file.name, data)
    return Source(file.name, _decoded(file.name, data))


def functions_in(source: Source) -> frozenset[str]:
    r"""Name the functions that a program defines, outside of other functions and classes.

    Raises
    ------
    DataError
        If it is not Python, with the learner's line.

    Examples
    --------
    >>> sorted(functions_in(Source("a.py", "if True:\n    def zero_pad(X, pad): return X")))
    ['zero_pad']
    """
    return frozenset(name for each in _statements(source.tree.body) for name in _named(each))


def written_in(source: Source) -> frozenset[str]:
    r"""Name those of them that do something: none that is handed out, and still to be written.

    Examples
    --------
    >>> sorted(written_in(Source("a.py", "def zero_pad(X, pad):\n    raise NotImplementedError")))
    []
    """
    statements = _statements(source.tree.body)
    return frozenset(
        name
        for each in statements
        if not (isinstance(each, ast.FunctionDef) and is_stub(each))
        for name in _named(each)
    )


def lines_in(source: Source) -> dict[str, dict[int, str]]:
    r"""The lines of each of them, by number; of several with one name the last counts.

    Examples
    --------
    >>> lines_in(Source("a.py", "x = 1\ndef f():\n    return x"))
    {'f': {2: 'def f():', 3: '    return x'}}
    """
    text = source.text.split("\n")
    return {
        each.name: {n: text[n - 1] for n in range(each.lineno, (each.end_lineno or 0) + 1)}
        for each in _statements(source.tree.body)
        if isinstance(each, ast.FunctionDef)
    }


def _named(statement: ast.AST) -> list[str]:
    """The names of a definition, or of an assignment: `zero_pad = lambda …` is a function too."""
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda | ast.Name):
        return [each.id for each in statement.targets if isinstance(each, ast.Name)]
    return []


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for each in body:
        yield each
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            yield from _statements(ast.iter_child_nodes(each))


def _parsed(source: Source) -> ast.Module:
    try:
        with quietly():  # "\d" in a learner's string is not our business
            return ast.parse(source.text)
    except SyntaxError as error:
        line = error.lineno or 1
        lines = source.text.splitlines()
        shown = lines[line - 1].strip()[:80] if line <= len(lines) else "the end of the file"
        raise unusable(
            "not-python",
            f"it is not Python: {error.msg}.",
            needed="a program that Python can read",
            received=f"{source.name}, {source.place(line)}: {shown}",
            hint="run the file with Python, and mend what it says",
        ) from None
    except (ValueError, MemoryError, RecursionError) as error:
        raise unusable(
            "too-deep",
            "it is nested too deeply to be read.",
            needed="a program that Python can read",
            received=f"{source.name} ({type(error).__name__})",
            hint="smaller expressions, on lines of their own",
        ) from None


def _bytes(file: Path, most: int) -> bytes:
    size = file.stat().st_size
    if size > most:
        raise too_large(file.name, size, most)
    with file.open("rb") as stream:
        data = stream.read(most + 1)  # it may have grown since
    if len(data) > most:
        raise too_large(file.name, len(data), most)
    return data


def _decoded(name: str, data: bytes) -> str:
    if b"\0" in data:
        raise not_text(name, f"a zero byte at byte {data.index(0)}")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise not_text(name, f"byte {data[error.start]:#04x} in line {line}") from None
    except (SyntaxError, LookupError, UnicodeError) as error:
        raise not_text(name, str(error)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _from_notebook(name: str, data: bytes) -> Source:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise not_text(name, f"byte {data[error.start]:#04x} at byte {error.start}") from None
    except (ValueError, RecursionError) as error:
        raise not_notebook(f"{name}: {error}") from None
    cells = list(_code_cells(name, document))
    size = sum(map(len, cells))
    if size > _MOST_TEXT:
        raise too_large(name, size, _MOST_TEXT)
    starts, lines = [], list[str]()
    for cell in cells:
        starts.append(len(lines) + 1)
        lines += [*_python_lines(cell), ""]
    return Source(name, "\n".join(lines), tuple(starts), _asked_for(document))


def _asked_for(document: Any) -> tuple[str, ...]:
    """What a notebook's metadata names; anything else than a list of names is no such thing."""
    about = document.get("metadata")
    ours = about.get("stridewise") if isinstance(about, dict) else None
    names = ours.get("functions") if isinstance(ours, dict) else None
    fits = isinstance(names, list) and all(isinstance(each, str) for each in names)
    return tuple(names or ()) if fits else ()


def _code_cells(name: str, document: Any) -> Iterator[str]:
    """Read the text of every code cell, of versions 3 and 4 of the format."""
    version = document.get("nbformat") if isinstance(document, dict) else None
    if version not in (3, 4) or isinstance(version, bool):
        raise not_notebook(f"{name} with nbformat {version!r:.40}")
    sheets = [document] if version == 4 else document.get("worksheets")
    for sheet in _list_of_objects(name, sheets):
        for cell in _list_of_objects(name, sheet.get("cells")):
            if cell.get("cell_type") == "code":
                text = cell.get("source" if version == 4 else "input")
                parts: list[Any] = text if isinstance(text, list) else [text]
                if not all(isinstance(part, str) for part in parts):
                    raise not_notebook(f"{name}, in which the source of a cell is not text")
                yield "".join(parts)


def _list_of_objects(name: str, value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return value
    raise not_notebook(f"{name}, in which the cells are not a list of objects")


def _python_lines(cell: str) -> list[str]:
    """Empty the lines that are Jupyter's alone, and keep them lines."""
    lines = cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%"):
        return [""] * len(lines)
    try:
        # What is Python already may have a line that begins with % inside an expression.
        _parsed(Source("", cell))
    except DataError:
        return [_without_magic(line) for line in lines]
    return lines


def _without_magic(line: str) -> str:
    found = _MAGIC.match(line)
    if not found:
        return line
    before = found["before"]
    return f"{before}None" if "=" in before else f"{before}pass"
