"""``check(conv_forward)`` in a notebook: the learner's own functions, in their own process."""

from __future__ import annotations

import ast
import copy
import inspect
import linecache
import textwrap
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import FunctionType
from typing import Any

import numpy as np

from stridewise.checker.checked import Checked
from stridewise.checker.checking import judged
from stridewise.checker.diagnosis import Failed, Outcome, diagnose
from stridewise.checker.exercises import EXERCISES, Exercise, exercise_of
from stridewise.checker.locating import line_of
from stridewise.checker.probes import Probe
from stridewise.checker.results import FunctionResult, Trouble
from stridewise.checker.sandbox import right_functions
from stridewise.checker.stubs import is_stub
from stridewise.errors import OptionError, OptionTypeError, explain

__all__ = ["check"]


def check(
    *functions: Callable[..., Any],
    exercise: str | None = None,
    lang: str = "en",
    hints: int = 1,
) -> Checked:
    """Check functions of the exercise that are defined here.

    Each is tried with right helpers in the place of yours; nothing of yours is changed.

    Parameters
    ----------
    *functions : function
        By their names in the exercise: ``check(zero_pad, conv_forward)``.
    exercise : "course" or "compact", optional
        Whose they are; by default their names tell, and where they do not, the course's.
    lang : "en" or "zh"
    hints : 0, 1 or 2
        How many hints to give for a mistake.

    Raises
    ------
    OptionError, OptionTypeError
        If something is no function, or none of the exercise; if there is no such exercise.

    Examples
    --------
    >>> def distribute_value(dz, shape):
    ...     return np.full(shape, dz)
    >>> check(distribute_value).functions["distribute_value"].mistakes[0].id
    'distribute-undivided'
    """
    own = [_own(each) for each in functions]
    chosen = _chosen(exercise, [each.__name__ for each in own])
    found: dict[tuple[str, bool], FunctionResult] = {}
    for function in own:
        name = function.__name__
        lines = _lines(function)
        if _is_stub(lines):
            continue
        alone = _alone(function, chosen.helpers.get(name, ()))
        outcomes = [_outcome(alone, probe) for probe in chosen.probes(name)]
        found[name, True] = diagnose(name, outcomes, partial(line_of, lines=lines), chosen)
    asked = {each.__name__ for each in own}
    judgements = judged(found, {name for name, _ in found}, chosen)
    return Checked({n: r for n, r in judgements.items() if n in asked}, lang, hints)


def _own(function: object) -> FunctionType:
    if not isinstance(function, FunctionType):
        raise _no_function(function)
    return function


def _chosen(exercise: str | None, names: Sequence[str]) -> Exercise:
    """The exercise that the functions are of, all of them."""
    if exercise is not None and exercise not in EXERCISES:
        raise _no_exercise(exercise)
    chosen = exercise_of(names) if exercise is None else EXERCISES[exercise]
    for name in names:
        if name not in chosen.functions:
            raise _unknown(name, chosen)
    return chosen


def _alone(function: FunctionType, names: Sequence[str]) -> Callable[..., Any]:
    """The function as a copy that sees right helpers, and else what it saw before."""
    helpers = {name: getattr(right_functions, name) for name in names}
    seen = {**function.__globals__, **helpers}
    alone = FunctionType(
        function.__code__, seen, function.__name__, function.__defaults__, function.__closure__
    )
    alone.__kwdefaults__ = function.__kwdefaults__
    return alone


def _outcome(function: Callable[..., Any], probe: Probe) -> Outcome:
    given = copy.deepcopy(probe)
    try:
        value = function(*given.arguments, **given.keywords)
    except Exception as error:
        own = [
            (frame.lineno or 0, (frame.line or "").strip())
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == function.__code__.co_filename
        ]
        return Outcome(
            failed=Failed("error", Trouble(type(error).__name__, str(error), tuple(own)))
        )
    return Outcome(copy.deepcopy(value), _is_changed(given.arguments, probe.arguments))


def _is_changed(given: Any, before: Any) -> bool:
    if isinstance(before, np.ndarray):
        return bool(given.tobytes() != before.tobytes())
    if isinstance(before, tuple):
        return any(map(_is_changed, given, before))
    return bool(given != before)


def _lines(function: FunctionType) -> dict[int, str]:
    """Its lines by number, as far as they are known."""
    linecache.checkcache(function.__code__.co_filename)
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return {}
    return dict(enumerate(lines, first))


def _is_stub(lines: Mapping[int, str]) -> bool:
    try:
        body = ast.parse(textwrap.dedent("".join(lines.values()))).body
    except SyntaxError:  # a lambda in the middle of something
        return False
    return any(isinstance(each, ast.FunctionDef) and is_stub(each) for each in body)


def _no_function(value: object) -> OptionTypeError:
    return OptionTypeError(
        explain(
            "check",
            "this is not a function.",
            needed="functions that you wrote",
            received=type(value).__name__,
            hint="check(conv_forward)",
        )
    )


def _no_exercise(name: object) -> OptionError:
    return OptionError(
        explain(
            "check",
            "there is no exercise of this name.",
            needed=", ".join(map(repr, EXERCISES)),
            received=f"exercise={name!r}",
            hint="nothing for it: the names of the functions tell",
        )
    )


def _unknown(name: str, exercise: Exercise) -> OptionError:
    return OptionError(
        explain(
            "check",
            "the exercise has no function of this name.",
            needed=", ".join(exercise.functions),
            received=name,
            hint="the exercise's name for it",
        )
    )
