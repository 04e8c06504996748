"""Which engine is in use: asked for here, checked here, loaded when first needed.

The choice is, in this order: the innermost ``with use_engine(…)`` of this thread or task,
``set_engine``, the environment variable ``STRIDEWISE_ENGINE``, the fastest engine there is.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from itertools import filterfalse
from types import ModuleType
from typing import cast

from stridewise.engines.protocol import Engine
from stridewise.errors import EngineError, explain, nearest

__all__ = ["EngineInfo", "current_engine", "engine_info", "set_engine", "use_engine"]

# Fastest first: the default is the first that is there. An engine is one line here.
_MODULES = {
    "compiled": "stridewise.engines.compiled",
    "numpy": "stridewise.engines.vectorized",
    "loops": "stridewise.engines.loops",
}
_VARIABLE = "STRIDEWISE_ENGINE"

_chosen_here: ContextVar[str | None] = ContextVar("stridewise_engine", default=None)
_chosen_by_set: str | None = None


@dataclass(frozen=True)
class EngineInfo:
    """What ``engine_info`` says.

    Attributes
    ----------
    in_use : str
        The engine that the next operation runs on.
    chosen_by : str
        What chose it: ``use_engine``, ``set_engine``, ``STRIDEWISE_ENGINE`` or ``default``.
    available : tuple of str
        The engines that can be asked for, fastest first.
    missing : dict of str to str
        The engines that cannot, and why.
    """

    in_use: str
    chosen_by: str
    available: tuple[str, ...]
    missing: dict[str, str]

    def __str__(self) -> str:
        lines = [f"engine in use: {self.in_use} (chosen by {self.chosen_by})"]
        lines += [f"  {name}: available" for name in self.available]
        lines += [f"  {name}: not available, {why}" for name, why in self.missing.items()]
        return "\n".join(lines)


@cache
def _why_missing(name: str) -> str | None:
    """The reason why an engine cannot be loaded, or None."""
    try:
        importlib.import_module(_MODULES[name])
    except ModuleNotFoundError as error:
        return f"it needs the package {error.name}: pip install 'stridewise[fast]'"
    except (ImportError, OSError) as error:  # there, but broken or made for another Python
        return f"it cannot be loaded: {error}"
    return None


def _available() -> tuple[str, ...]:
    return tuple(name for name in _MODULES if _why_missing(name) is None)


def _checked(name: object, operation: str) -> str:
    if not isinstance(name, str) or name not in _MODULES:
        raise EngineError(
            explain(
                operation,
                "there is no engine of that name.",
                needed=" | ".join(map(repr, _available())),
                received=repr(name),
                hint=nearest(name, _available()),
            )
        )
    reason = _why_missing(name)
    if reason is not None:
        raise EngineError(
            explain(
                operation,
                f"the engine {name!r} is not available.",
                needed=" | ".join(map(repr, _available())),
                received=f"{name!r}: {reason}",
                hint=" or ".join(map(repr, _available())),
            )
        )
    return name


def _choice() -> tuple[str, str]:
    """The name of the engine in use, and what chose it."""
    here = _chosen_here.get()
    if here is not None:
        return here, "use_engine"
    if _chosen_by_set is not None:
        return _chosen_by_set, "set_engine"
    asked = os.environ.get(_VARIABLE)
    if asked:
        return _checked(asked, _VARIABLE), _VARIABLE
    return next(filterfalse(_why_missing, _MODULES)), "default"


def current_engine() -> Engine:
    """The engine in use; a module with the functions of the protocol."""
    path = _MODULES[_choice()[0]]
    module: ModuleType = sys.modules.get(path) or importlib.import_module(path)
    return cast(Engine, module)


def engine_info() -> EngineInfo:
    """Say which engines there are, which is in use, and why one is missing.

    Examples
    --------
    >>> with use_engine("loops"):
    ...     engine_info().in_use
    'loops'
    """
    in_use, chosen_by = _choice()
    reasons = {name: _why_missing(name) for name in _MODULES}
    missing = {name: reason for name, reason in reasons.items() if reason is not None}
    return EngineInfo(in_use, chosen_by, _available(), missing)


def set_engine(name: str | None) -> None:
    """Choose the engine for the whole process; ``None`` takes the choice back.

    Raises
    ------
    EngineError
        If there is no such engine, or it is not installed.
    """
    global _chosen_by_set
    _chosen_by_set = None if name is None else _checked(name, "set_engine")


def use_engine(name: str) -> AbstractContextManager[None]:
    """Choose the engine inside a ``with`` block, in this thread or task only.

    A wrong name is refused at once, not when the block is entered.

    Raises
    ------
    EngineError
        If there is no such engine, or it is not installed.

    Examples
    --------
    >>> import stridewise as sw
    >>> with sw.use_engine("loops"):
    ...     sw.conv1d([[[1.0], [2.0]]], [[[3.0]]]).ravel()
    array([3., 6.])
    """
    return _using(_checked(name, "use_engine"))


@contextmanager
def _using(name: str) -> Iterator[None]:
    token = _chosen_here.set(name)
    try:
        yield
    finally:
        _chosen_here.reset(token)
