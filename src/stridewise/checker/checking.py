"""Check one file: run its functions where they can do no harm, and diagnose what they return."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

from stridewise.checker.diagnosis import Failed, Outcome, diagnose
from stridewise.checker.exercises import Exercise, exercise_of, require_functions
from stridewise.checker.locating import line_of
from stridewise.checker.placing import placed
from stridewise.checker.results import FileResult, FunctionResult, Trouble
from stridewise.checker.sandbox import Call, Raised, Returned, TimedOut, run_calls
from stridewise.checker.sandbox import Outcome as Ran
from stridewise.checker.submissions import functions_in, lines_in, read_source, written_in

__all__ = ["check_file", "judged"]


def check_file(
    path: Path, *, functions: Collection[str] = (), require_sandbox: bool = False
) -> FileResult:
    """Check the functions of the exercise, or of its compact variant, in a program or a notebook.

    Parameters
    ----------
    path : path
        A ``.py`` or an ``.ipynb``.
    functions : collection of str
        Tell of these alone; by default of those that a notebook of the course asks for, and else
        of all.
    require_sandbox : bool
        Refuse to run it where it could reach the network or see the user's files.

    Raises
    ------
    DataError
        If it is no such file.
    OptionError
        If there is no such function.
    SandboxError
        If it cannot be run, or not as it is required.
    """
    source = read_source(path)
    exercise = exercise_of(functions_in(source))
    if not exercise.functions.keys() >= set(functions):
        exercise = require_functions(functions)
    functions = functions or exercise.functions.keys() & set(source.functions)
    written = set(written_in(source) & exercise.functions.keys())
    asked = [
        (name, helpers)
        for name in exercise.functions
        if name in written
        for helpers in _ways(exercise.helpers.get(name, ()), written)
    ]
    calls = [
        Call(name, probe.arguments, probe.keywords, helpers)
        for name, helpers in asked
        for probe in exercise.probes(name)
    ]
    ran = run_calls(source, calls, require_sandbox=require_sandbox)
    outcomes = iter(ran.outcomes)
    lines = lines_in(source)
    found = {
        (name, bool(helpers)): placed(
            diagnose(
                name,
                [_understood(next(outcomes)) for _ in exercise.probes(name)],
                partial(line_of, lines=lines.get(name, {})),
                exercise,
            ),
            source,
        )
        for name, helpers in asked
    }
    told = {
        name: result
        for name, result in judged(found, written, exercise).items()
        if not functions or name in functions
    }
    return FileResult(path.name, told, protection=ran.protection)


def _ways(helpers: Collection[str], written: set[str]) -> tuple[frozenset[str], ...]:
    """With right helpers in place of the learner's; as it is written too, if that is different."""
    right, none = frozenset(helpers), frozenset[str]()
    return (right, none) if written & right else (right,)


def judged(
    found: Mapping[tuple[str, bool], FunctionResult], written: set[str], exercise: Exercise
) -> dict[str, FunctionResult]:
    """One result a function: alone, and because of whom it fails if it is right alone."""
    results: dict[str, FunctionResult] = {}
    for name in exercise.functions:
        if name not in written:
            results[name] = FunctionResult("missing")
            continue
        alone = found.get((name, True)) or found[name, False]
        results[name] = alone
    for name, result in results.items():
        together = found.get((name, False))
        if result.status != "passed" or together is None or together.status == "passed":
            continue
        helpers = [each for each in exercise.helpers.get(name, ()) if each in written]
        wrong = [each for each in helpers if results[each].status != "passed"]
        results[name] = FunctionResult(
            "passed", conventions=result.conventions, blamed=tuple(wrong or helpers)
        )
    return results


def _understood(outcome: Ran) -> Outcome:
    if isinstance(outcome, Returned):
        return Outcome(outcome.value, bool(outcome.changed))
    if isinstance(outcome, Raised):
        return Outcome(failed=Failed("error", outcome.trouble))
    if isinstance(outcome, TimedOut):
        return Outcome(failed=Failed("timeout", Trouble("TimeoutError", "no answer in time")))
    return Outcome(failed=Failed("error", Trouble("the program ended", outcome.why)))
