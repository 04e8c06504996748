"""What a check finds, as plain values: reports are drawn from these and from nothing else.

The document of a file, version 1::

    {
      "schema": 1,
      "file": "submission.py",
      "functions": {
        "conv_forward": {
          "status": "failed",
          "mistakes": [{"id": "stride-ignored", "message": "…", "line": 31, "cell": null}],
          "conventions": [],
          "first_wrong": {"input": "A_prev (2, 5, 7, 3), …", "result": "Z", "index": [0, 0, 1, 0],
                          "expected": 0.5, "got": 1.25,
                          "numbers": [[0.5, 1.25, …], …],
                          "read": {"shape": [2, 2, 1], "places": [1, 2, 8, 9],
                                   "weights": [0.5, -1.0, 0.25, 2.0], "padding": 0.0}},
          "error": null,
          "blamed": []
        }, …
      },
      "summary": {"passed": 7, "failed": 1, "score": 0.875},
      "problem": null,
      "problem_id": null,
      "protection": ["memory", …]
    }

Of a notebook, ``line`` counts within ``cell``, and ``cell`` counts the code cells from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "MOST_SHOWN",
    "SCHEMA",
    "FileResult",
    "FirstWrong",
    "FoundMistake",
    "FunctionResult",
    "Read",
    "Trouble",
]

SCHEMA = 1
MOST_SHOWN = 16

Status = Literal["passed", "failed", "error", "timeout", "missing"]
NOT_RECOGNISED = "not-recognised"
SIGNS = {"passed": "✓", "failed": "✗", "error": "✗", "timeout": "✗", "missing": "–"}


@dataclass(frozen=True)
class FoundMistake:
    """A mistake of the catalogue, and where it is in the learner's file if that can be told."""

    id: str
    line: int | None = None
    cell: int | None = None


@dataclass(frozen=True)
class Read:
    """The window from which the learner's function made an element.

    Attributes
    ----------
    shape : tuple of int
    places : tuple of int
        For each of its elements, in row-major order, the flat index into the whole input; -1 for
        padding. None at all, if the element was never computed.
    weights : tuple of float
        What each was multiplied with; none in pooling, or where that cannot be told.
    padding : float or None
        The number that stands for padding; None if padding is left out.
    """

    shape: tuple[int, ...]
    places: tuple[int, ...]
    weights: tuple[float, ...] = ()
    padding: float | None = 0.0


@dataclass(frozen=True)
class FirstWrong:
    """The first element that is wrong, for the smallest input that shows it.

    Attributes
    ----------
    input : str
        The probe's arguments, in the exercise's own names: these are the same in all languages.
    result : str
        Which of the results: ``Z``, ``dA_prev``.
    index : tuple of int, or None
        Of the element; None if the whole has the wrong shape, or is no array.
    expected, got : float, str
        The numbers; the shapes, or what it is instead, if there is no such element.
    numbers : tuple of tuple of float
        The learner's result around it, row by row: of its example and channel, at most
        ``MOST_SHOWN`` rows and columns. Empty if there are no rows and columns.
    read : Read, optional
        If a mistake explains the numbers, and the function reads windows.
    """

    input: str
    result: str
    index: tuple[int, ...] | None
    expected: float | str
    got: float | str
    numbers: tuple[tuple[float, ...], ...] = ()
    read: Read | None = None


@dataclass(frozen=True)
class Trouble:
    """An exception of the learner's program, with their own lines alone.

    Attributes
    ----------
    type, message : str
    lines : tuple of (number, code)
    cells : tuple of int
        The notebook's cell of each line; empty if it was no notebook.
    input : str
        The probe's arguments, as in a :class:`FirstWrong`.
    """

    type: str
    message: str
    lines: tuple[tuple[int, str], ...] = ()
    cells: tuple[int, ...] = ()
    input: str = ""


@dataclass(frozen=True)
class FunctionResult:
    """What was found about one function.

    Attributes
    ----------
    status : "passed", "failed", "error", "timeout" or "missing"
        Of the function alone, with right helpers in the place of the learner's.
    mistakes : tuple of FoundMistake
        What explains every wrong number; ``not-recognised`` if nothing does.
    conventions : tuple of str
        Ids of what is a choice and no fault: ``ties-first``, ``float32``.
    first_wrong : FirstWrong, optional
    error : Trouble, optional
    blamed : tuple of str
        Other functions of the file because of which this one fails as it is written.
    """

    status: Status
    mistakes: tuple[FoundMistake, ...] = ()
    conventions: tuple[str, ...] = ()
    first_wrong: FirstWrong | None = None
    error: Trouble | None = None
    blamed: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileResult:
    """What was found about one submission.

    Attributes
    ----------
    file : str
    functions : mapping of name to FunctionResult
    problem : str, optional
        Why the file could not be checked, in English; then there are no functions.
    problem_id : str, optional
        Which of the problems that are known, for other languages.
    protection : tuple of str
        What kept the program from doing harm.
    """

    file: str
    functions: Mapping[str, FunctionResult] = field(default_factory=dict)
    problem: str | None = None
    protection: tuple[str, ...] = ()
    problem_id: str | None = None

    @property
    def summary(self) -> dict[str, Any]:
        """How many functions passed and failed, and the share that passed.

        >>> FileResult("a.py", {"zero_pad": FunctionResult("passed")}).summary
        {'passed': 1, 'failed': 0, 'score': 1.0}
        """
        passed = sum(each.status == "passed" for each in self.functions.values())
        total = len(self.functions)
        return {
            "passed": passed,
            "failed": total - passed,
            "score": passed / total if total else 0.0,
        }
