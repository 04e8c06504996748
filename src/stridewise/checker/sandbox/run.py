"""Run calls of a learner's functions, each to an outcome, whatever the program does."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stridewise.checker.results import Trouble
from stridewise.checker.sandbox.limits import Limits
from stridewise.checker.sandbox.process import EndedError, Process, start
from stridewise.checker.sandbox.right_functions import text_of
from stridewise.checker.submissions import Source

__all__ = ["Call", "Died", "Outcome", "Raised", "Ran", "Returned", "TimedOut", "run_calls"]

_MOST_MESSAGE = 2000
_TOO_OFTEN = "it was not called: the program did not survive other calls"


@dataclass(frozen=True)
class Call:
    """A function of the program, and what to call it with.

    Attributes
    ----------
    function : str
    arguments : tuple
        The call gets copies of its own.
    keywords : mapping
    helpers : frozenset of str
        Functions in whose place right ones stand during this call.
    """

    function: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any] = field(default_factory=dict)
    helpers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Returned:
    """A value, and which arguments (by position) the call wrote to."""

    value: Any
    changed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Raised:
    """An exception, with the learner's own lines."""

    trouble: Trouble


@dataclass(frozen=True)
class TimedOut:
    """No answer in time."""


@dataclass(frozen=True)
class Died:
    """The process ended within the call."""

    why: str


Outcome = Returned | Raised | TimedOut | Died


@dataclass(frozen=True)
class Ran:
    """What came of a program.

    Attributes
    ----------
    outcomes : tuple
        One a call, in the calls' order.
    protection : tuple of str
        What held it: of "cpu", "files", "filesystem", "memory", "network", "output", "processes"
        and "time".
    problem : Raised, TimedOut or Died, optional
        Why the program itself could not be executed; then this is every call's outcome.
    """

    outcomes: tuple[Outcome, ...]
    protection: tuple[str, ...]
    problem: Outcome | None = None


def run_calls(
    source: Source,
    calls: Sequence[Call],
    *,
    limits: Limits | None = None,
    require_sandbox: bool = False,
) -> Ran:
    """Execute a program in a process of its own, and call its functions.

    Parameters
    ----------
    source : Source
    calls : sequence of Call
        Those without helpers are made first. A function that did not come back from one call is
        not called again, with the same helpers: the others have the same outcome.
    limits : Limits, optional
    require_sandbox : bool
        Refuse where the program could reach the network or see the user's files.

    Raises
    ------
    SandboxError
        If it is required and cannot be had, or if no process can be started at all.

    Notes
    -----
    No process is ever given the right version of a function that it is still to be asked for, so
    a program cannot hand in a helper that it came across.

    Where "filesystem" is not among the protection (not on Linux; a container that forbids
    namespaces on an old kernel) the program can read and write what the user can, Stridewise's
    own files among them; it is only kept from importing them. Its results are safe from forgery
    all the same: they are compared here, with numbers that the process never has.
    """
    return _Run(source, limits or Limits(), require_sandbox).run(calls)


class _Run:
    """The processes of one program, one after another."""

    def __init__(self, source: Source, limits: Limits, require_sandbox: bool) -> None:
        self._source = source
        self._limits = limits
        self._require_sandbox = require_sandbox
        self._end = time.monotonic() + limits.file_seconds
        self._process: Process | None = None
        self._given: set[str] = set()
        self._restarts = 0
        self._protection: tuple[str, ...] | None = None

    def run(self, calls: Sequence[Call]) -> Ran:
        outcomes: dict[int, Outcome] = {}
        try:
            problem = self._start()
            lost: dict[tuple[str, frozenset[str]], Outcome] = {}
            for i in sorted(range(len(calls)), key=lambda i: bool(calls[i].helpers)):
                # What did not come back once is not waited for again.
                way = calls[i].function, calls[i].helpers
                outcomes[i] = problem or lost.get(way) or self._outcome(calls[i])
                if isinstance(outcomes[i], TimedOut | Died):
                    lost[way] = outcomes[i]
        finally:
            self._stop()
        return Ran(tuple(outcomes[i] for i in range(len(calls))), self._protection or (), problem)

    def _start(self) -> Outcome | None:
        self._stop()
        self._process = start(self._limits, self._require_sandbox)
        on = self._process.protection
        before = self._protection
        self._protection = on if before is None else tuple(each for each in on if each in before)
        text = np.frombuffer(self._source.text.encode("utf-8", "replace"), np.uint8)
        outcome = self._asked({"file": self._source.name, "text": text})
        return None if isinstance(outcome, Returned) else outcome

    def _stop(self) -> None:
        if self._process is not None:
            self._process.close()
        self._process, self._given = None, set()

    def _outcome(self, call: Call) -> Outcome:
        if time.monotonic() > self._end:
            return TimedOut()
        if self._process is None:
            if self._restarts >= self._limits.restarts:
                return Died(_TOO_OFTEN)
            self._restarts += 1
        helpers = call.helpers - {call.function}
        if self._process is None or call.function in self._given:
            problem = self._start()
            if problem is not None:
                self._stop()
                return problem
        self._given |= helpers
        return self._asked(
            {
                "function": call.function,
                "arguments": tuple(call.arguments),
                "keywords": dict(call.keywords),
                "helpers": {name: text_of(name) for name in sorted(helpers)},
            }
        )

    def _asked(self, request: Mapping[str, Any]) -> Outcome:
        assert self._process is not None
        seconds = min(self._limits.call_seconds, self._end - time.monotonic())
        try:
            return self._understood(self._process.ask(request, seconds))
        except TimeoutError:
            outcome: Outcome = TimedOut()
        except EndedError as ended:
            outcome = Died(str(ended))
        self._stop()
        return outcome

    def _understood(self, answer: Mapping[str, Any]) -> Outcome:
        """Take an answer, which the program may have written itself, for what it can be."""
        if answer.get("kind") == "raised":
            return Raised(self._trouble(answer))
        changed = answer.get("changed", ())
        fits = isinstance(changed, tuple) and all(type(each) is int for each in changed)
        return Returned(answer.get("value"), changed if fits else ())

    def _trouble(self, answer: Mapping[str, Any]) -> Trouble:
        texts = self._source.text.split("\n")
        numbers = answer.get("lines")
        lines = tuple(
            (number, texts[number - 1].strip())
            for number in (numbers if isinstance(numbers, tuple) else ())
            if type(number) is int and 1 <= number <= len(texts)
        )
        kind, message = (str(answer.get(key, ""))[:_MOST_MESSAGE] for key in ("type", "message"))
        return Trouble(kind, message, lines)
