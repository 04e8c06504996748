"""What a check finds, as plain values: reports are drawn from these and from nothing else.

The document of a file, version 1::

    {
      "schema": 1,
      "file": "submission.py",
      "functions": {
        "conv_forward": {
          "status": "failed",
          "mistakes": [{"id": "stride-ignored", "message": "…", "line": 31}],
          "conventions": [],
          "first_wrong": {"input": "A_prev (2, 5, 7, 3), …", "result": "Z", "index": [0, 0, 1, 0],
                          "expected": 0.5, "got": 1.25},
          "error": null
        }, …
      },
      "summary": {"passed": 7, "failed": 1, "score": 0.875},
      "problem": null,
      "protection": ["memory", …]
    }
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["SCHEMA", "FileResult", "FirstWrong", "FoundMistake", "FunctionResult", "Trouble"]

SCHEMA = 1

Status = Literal["passed", "failed", "error", "timeout", "missing"]
NOT_RECOGNISED = "not-recognised"


@dataclass(frozen=True)
class FoundMistake:
    """A mistake of the catalogue, and where it is in the learner's file if that can be told."""

    id: str
    line: int | None = None


@dataclass(frozen=True)
class FirstWrong:
    """The first element that is wrong, for the smallest input that shows it.

    Attributes
    ----------
    input : str
        In words: arrays by name and shape, and the options.
    result : str
        Which of the results: ``Z``, ``dA_prev``.
    index : tuple of int, or None
        Of the element; None if the whole has the wrong shape, or is no array.
    expected, got : float, str
        The numbers; the shapes, or what it is instead, if there is no such element.
    """

    input: str
    result: str
    index: tuple[int, ...] | None
    expected: float | str
    got: float | str


@dataclass(frozen=True)
class Trouble:
    """An exception of the learner's program, with their own lines alone."""

    type: str
    message: str
    lines: tuple[tuple[int, str], ...] = ()


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
        Why the file could not be checked; then there are no functions.
    protection : tuple of str
        What kept the program from doing harm.
    """

    file: str
    functions: Mapping[str, FunctionResult] = field(default_factory=dict)
    problem: str | None = None
    protection: tuple[str, ...] = ()

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
