"""Tables of shapes: which problems are measured.

A table is a text file with tabs between its columns; the first line names them, and tells
convolutions from poolings. Sizes of several axes are written ``56x56``, and one number stands
for all axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from stridewise.benchmark.problem import ConvProblem, PoolProblem, Problem
from stridewise.errors import DataError, StridewiseError, explain
from stridewise.options import require_choice

__all__ = ["CONV_COLUMNS", "POOL_COLUMNS", "own_shapes", "read_shapes", "select"]

CONV_COLUMNS = (
    *("set", "N", "spatial", "C_in", "C_out", "kernel"),
    *("stride", "padding", "dilation", "groups"),
)
POOL_COLUMNS = ("set", "pooling", "N", "spatial", "C", "kernel", "stride", "padding")


def own_shapes() -> list[Problem]:
    """Layers of networks that people know, odd sizes, one and three axes, and poolings."""
    folder = files("stridewise.benchmark")
    tables = ("shapes.tsv", "pooling.tsv")
    return [
        problem
        for name in tables
        for problem in _read(name, (folder / name).read_text(encoding="utf-8"))
    ]


def read_shapes(path: Path) -> list[Problem]:
    """Read a table of your own; its columns are ``CONV_COLUMNS`` or ``POOL_COLUMNS``.

    Raises
    ------
    DataError
        If it cannot be read, or a row is no problem; names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _refuse(str(path), "it cannot be read.", "a text file", str(error)) from None
    return _read(str(path), text)


def select(problems: Iterable[Problem], name: str) -> list[Problem]:
    """Keep the rows of one set.

    Raises
    ------
    OptionError
        If there is no set of that name; it names those there are.
    """
    rows = list(problems)
    sets = list(dict.fromkeys(row.set for row in rows))
    require_choice("--set", "there is no set of that name.", name, sets)
    return [row for row in rows if row.set == name]


def _read(name: str, text: str) -> list[Problem]:
    header, *lines = text.splitlines() or [""]
    readers: dict[tuple[str, ...], Callable[[dict[str, str]], Problem]] = {
        CONV_COLUMNS: _convolution,
        POOL_COLUMNS: _pooling,
    }
    columns = tuple(header.strip().split("\t"))
    if columns not in readers:
        needed = f"with tabs between them, {' '.join(CONV_COLUMNS)}; or {' '.join(POOL_COLUMNS)}"
        raise _refuse(name, "its first line does not name the columns.", needed, repr(header[:80]))
    found = []
    for number, line in enumerate(lines, start=2):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("\t")]
        needed = f"{len(columns)} fields with tabs between them: {' '.join(columns)}"
        if len(fields) != len(columns):
            raise _refuse(name, f"line {number} has {len(fields)} fields.", needed, line[:80])
        try:
            problem = readers[columns](dict(zip(columns, fields, strict=True)))
            _ = problem.spec
        except StridewiseError as error:
            why = str(error).splitlines()[0].removeprefix("bench: ")
            raise _refuse(name, f"line {number} is no problem: {why}", needed, line) from None
        except ValueError as error:
            raise _refuse(
                name, f"line {number} is no problem.", needed, f"{line} ({error})"
            ) from None
        found.append(problem)
    if not found:
        raise _refuse(name, "it has no rows.", "one problem a line", "a header alone")
    return found


def _convolution(row: dict[str, str]) -> ConvProblem:
    C_in, C_out, groups = (_positive(row[name]) for name in ("C_in", "C_out", "groups"))
    if C_in % groups or C_out % groups:
        raise ValueError("groups does not divide the channels")
    dilation = _axes(row["dilation"], len(_ints(row["spatial"])))
    return ConvProblem(**_window(row), C_in=C_in, C_out=C_out, dilation=dilation, groups=groups)


def _pooling(row: dict[str, str]) -> PoolProblem:
    kind: Any = row["pooling"]
    if kind not in ("max", "average"):
        raise ValueError("pooling is max or average")
    return PoolProblem(**_window(row), C=_positive(row["C"]), pooling=kind)


def _window(row: dict[str, str]) -> dict[str, Any]:
    """What both kinds of row have."""
    size = _ints(row["spatial"])
    rank = len(size)
    return {
        "set": row["set"],
        "N": _positive(row["N"]),
        "size": size,
        "kernel": _axes(row["kernel"], rank),
        "stride": _axes(row["stride"], rank),
        "padding": _padding(row["padding"], rank),
    }


def _ints(text: str) -> tuple[int, ...]:
    numbers = tuple(int(number) for number in text.split("x"))
    if len(numbers) > 3:
        raise ValueError("at most three spatial axes")
    return numbers


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(f"{number} is not positive")
    return number


def _axes(text: str, rank: int) -> tuple[int, ...]:
    numbers = _ints(text)
    return numbers * rank if len(numbers) == 1 else numbers


def _padding(text: str, rank: int) -> Any:
    return text if text in ("valid", "same", "same_lower") else _axes(text, rank)


def _refuse(name: str, problem: str, needed: str, received: str) -> DataError:
    hint = "the tables beside stridewise/benchmark/shapes.py as models"
    return DataError(explain(name, problem, needed=needed, received=received, hint=hint))
