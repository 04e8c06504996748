"""The JSON of a check, version 1: see ``checker/results.py`` for its form."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from stridewise.checker.plain import escaped
from stridewise.checker.results import (
    SCHEMA,
    FileResult,
    FirstWrong,
    FoundMistake,
    FunctionResult,
    Read,
    Trouble,
)
from stridewise.checker.words import message
from stridewise.errors import DataError, explain

__all__ = ["as_json", "file_document", "file_result", "to_json", "together"]


def as_json(results: Sequence[FileResult], lang: str = "en", hints: int = 0) -> str:  # noqa: ARG001
    """Give the document of one file, or of several; hints are for people."""
    return to_json(together([file_document(result, lang) for result in results], len(results) > 1))


def together(documents: Sequence[Mapping[str, Any]], several: bool) -> Mapping[str, Any]:
    """The one document of a check of one file, or of several."""
    return {"schema": SCHEMA, "files": list(documents)} if several else documents[0]


def to_json(document: Mapping[str, Any], indent: int | None = 2) -> str:
    r"""Write JSON that every reader takes, and that does a terminal no harm.

    Without ``indent`` it is on one line, and takes a tenth of the time.

    >>> to_json({"file": "步\udc80.py"})
    '{\n  "file": "步\\udc80.py"\n}\n'
    """
    return escaped(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent)) + "\n"


def file_document(result: FileResult, lang: str = "en") -> dict[str, Any]:
    """The document of one file."""
    return {
        "schema": SCHEMA,
        "file": result.file,
        "functions": {name: _function(each, lang) for name, each in result.functions.items()},
        "summary": result.summary,
        "problem": result.problem,
        "problem_id": result.problem_id,
        "protection": list(result.protection),
    }


def _function(result: FunctionResult, lang: str) -> dict[str, Any]:
    return {
        "status": result.status,
        "mistakes": [
            {
                "id": mistake.id,
                "message": message(mistake.id, lang),
                "line": mistake.line,
                "cell": mistake.cell,
            }
            for mistake in result.mistakes
        ],
        "conventions": list(result.conventions),
        "first_wrong": None if result.first_wrong is None else _first_wrong(result.first_wrong),
        "error": None if result.error is None else asdict(result.error),
        "blamed": list(result.blamed),
    }


def _first_wrong(wrong: FirstWrong) -> dict[str, Any]:
    read = wrong.read
    return asdict(wrong) | {
        "index": None if wrong.index is None else [int(i) for i in wrong.index],
        "expected": _number(wrong.expected),
        "got": _number(wrong.got),
        "numbers": [[_number(each) for each in row] for row in wrong.numbers],
        "read": None if read is None else asdict(read) | {"padding": _number(read.padding)},
    }


def _number(value: float | str | None) -> float | str | None:
    """JSON has no word for what is not finite."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _number_again(value: Any) -> Any:
    return float(value) if value in ("inf", "-inf", "nan") else value


def file_result(document: Any) -> FileResult:
    """Take a file's document apart again; messages are not kept, since ids say them.

    Raises
    ------
    DataError
        If it is no such document.
    """
    try:
        if document["schema"] != SCHEMA:
            raise ValueError(f"schema {document['schema']}")
        return FileResult(
            file=str(document["file"]),
            functions={name: _result(each) for name, each in document["functions"].items()},
            problem=document["problem"],
            problem_id=document.get("problem_id"),
            protection=tuple(document["protection"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DataError(
            explain(
                "check",
                "this is not a file of results.",
                needed=f"what `--format json` writes, schema {SCHEMA}",
                received=f"{type(error).__name__}: {error}",
                hint="another --out, or no --resume",
            )
        ) from None


def _result(document: Mapping[str, Any]) -> FunctionResult:
    wrong, error = document["first_wrong"], document["error"]
    if error is not None:
        own_lines = tuple((number, code) for number, code in error["lines"])
        cells = tuple(error.get("cells", ()))
        error = Trouble(error["type"], error["message"], own_lines, cells, error.get("input", ""))
    return FunctionResult(
        status=document["status"],
        mistakes=tuple(_mistake(each) for each in document["mistakes"]),
        conventions=tuple(document["conventions"]),
        first_wrong=None if wrong is None else _wrong(wrong),
        error=error,
        blamed=tuple(document.get("blamed", ())),
    )


def _wrong(document: Mapping[str, Any]) -> FirstWrong:
    read = document.get("read")
    return FirstWrong(
        input=document["input"],
        result=document["result"],
        index=None if document["index"] is None else tuple(map(int, document["index"])),
        expected=_number_again(document["expected"]),
        got=_number_again(document["got"]),
        numbers=tuple(tuple(map(float, row)) for row in document.get("numbers", ())),
        read=None if read is None else _read(read),
    )


def _read(document: Mapping[str, Any]) -> Read:
    padding = document.get("padding", 0.0)
    return Read(
        tuple(map(int, document["shape"])),
        tuple(map(int, document["places"])),
        tuple(map(_finite, document["weights"])),
        None if padding is None else float(padding),
    )


def _finite(number: Any) -> float:
    if not math.isfinite(number):
        raise ValueError(f"{number} among the weights")
    return float(number)


def _mistake(document: Mapping[str, Any]) -> FoundMistake:
    message(document["id"])  # a KeyError, if there is no such mistake
    line, cell = (
        None if document.get(key) is None else int(document[key]) for key in ("line", "cell")
    )
    return FoundMistake(document["id"], line, cell)
