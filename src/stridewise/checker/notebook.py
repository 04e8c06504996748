"""``check(conv_forward)`` in a notebook: the learner's own functions, where they are."""

from __future__ import annotations

import ast
import copy
import inspect
import linecache
import textwrap
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from types import FunctionType
from typing import Any

from stridewise.checker.checked import Checked
from stridewise.checker.checking import judged
from stridewise.checker.diagnosis import Failed, Outcome, diagnose
from stridewise.checker.exercises import require_functions
from stridewise.checker.locating import line_of
from stridewise.checker.probes import Probe
from stridewise.checker.results import FunctionResult, Trouble
from stridewise.checker.sandbox import Limits, right_functions, wire
from stridewise.checker.stubs import is_stub
from stridewise.checker.time_limit import TookTooLong, at_most
from stridewise.checker.words import LANGUAGES
from stridewise.errors import OptionError, OptionTypeError, explain
from stridewise.options import require_choice, require_integer

__all__ = ["check"]

_SECONDS = Limits().call_seconds


def check(
    *functions: Callable[..., Any],
    exercise: str | None = None,
    lang: str = "en",
    hints: int = 1,
) -> Checked:
    """Check functions of the exercise that are defined here.

    Each is tried with right helpers in the place of yours; nothing of yours is changed. A call
    may take five seconds (on Windows it runs on: interrupt it).

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
        If something is no function, or none of the exercise; if there is no such exercise or
        language.

    Examples
    --------
    >>> def distribute_value(dz, shape):
    ...     return np.full(shape, dz)
    >>> check(distribute_value).functions["distribute_value"].mistakes[0].id
    'distribute-undivided'
    """
    if not functions:
        raise _nothing()
    own = [_own(each) for each in functions]
    require_choice("check", "there is no such language.", lang, LANGUAGES)
    require_integer("check", "hints", hints, 0, 2)
    chosen = require_functions([each.__name__ for each in own], exercise)
    found: dict[tuple[str, bool], FunctionResult] = {}
    for function in own:
        name = function.__name__
        lines = _lines(function)
        if _is_stub(lines):
            continue
        with _right_helpers(function, chosen.helpers.get(name, ())):
            outcomes = _outcomes(function, chosen.probes(name))
        found[name, True] = diagnose(name, outcomes, partial(line_of, lines=lines), chosen)
    asked = {each.__name__ for each in own}
    judgements = judged(found, {name for name, _ in found}, chosen)
    return Checked({n: r for n, r in judgements.items() if n in asked}, lang, hints)


def _own(function: object) -> FunctionType:
    if not isinstance(function, FunctionType):
        raise _no_function(function)
    return function


@contextmanager
def _right_helpers(function: FunctionType, names: Sequence[str]) -> Iterator[None]:
    """Put right helpers where the function looks for them, and whatever it calls; for a while."""
    seen = inspect.unwrap(function).__globals__
    own = {name: seen[name] for name in names if name in seen}
    seen.update({name: getattr(right_functions, name) for name in names})
    try:
        yield
    finally:
        for name in names:
            seen.pop(name, None)
        seen.update(own)


def _outcomes(function: FunctionType, asked: Sequence[Probe]) -> list[Outcome]:
    """What comes of each call; what did not come back once is not waited for again."""
    outcomes = list[Outcome]()
    for probe in asked:
        late = outcomes and outcomes[-1].failed and outcomes[-1].failed.status == "timeout"
        outcomes.append(outcomes[-1] if late else _outcome(function, probe))
    return outcomes


def _outcome(function: FunctionType, probe: Probe) -> Outcome:
    given = copy.deepcopy(probe)
    try:
        with at_most(_SECONDS):
            value = function(*given.arguments, **given.keywords)
    except TookTooLong:
        return Outcome(failed=Failed("timeout", Trouble("TimeoutError", "no answer in time")))
    except Exception as error:
        own = [
            (frame.lineno or 0, (frame.line or "").strip())
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == inspect.unwrap(function).__code__.co_filename
        ]
        return Outcome(
            failed=Failed("error", Trouble(type(error).__name__, _message(error), tuple(own)))
        )
    # What comes out of a program's process is like this too: what is no number, no array and no
    # container of them is its type's name.
    changed = wire.encode(given.arguments) != wire.encode(probe.arguments)
    return Outcome(wire.decode(wire.encode(value)), changed)


def _message(error: Exception) -> str:
    try:
        return str(error)
    except Exception:
        return ""


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


def _nothing() -> OptionError:
    return OptionError(
        explain(
            "check",
            "there is nothing to check.",
            needed="functions that you wrote",
            received="no function",
            hint="check(conv_forward)",
        )
    )


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
