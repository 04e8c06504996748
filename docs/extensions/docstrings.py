"""Docstrings are written for a terminal; here they become what the reference wants."""

from __future__ import annotations

import re
from types import FunctionType
from typing import Any

import stridewise as sw

_BEFORE_NUMPYDOC = 400
_AXES = {"1": "one spatial axis", "3": "three spatial axes"}
# A star of Python's, as in (N, *spatial, C_in), and no beginning of emphasis.
_STAR = re.compile(r"(?<=[(\[ ])\*(?=[\w(])")
# A name's first letter, and no item of a list.
_INITIAL = re.compile(r"^(?=[A-Z]\. )")


def other_rank(name: str) -> list[str] | None:
    """What to say of ``conv1d`` and ``conv3d``: they are ``conv2d`` but for the axes.

    >>> other_rank("stridewise.conv3d_backward")
    ['As :func:`conv2d_backward`, with three spatial axes.']
    """
    match = re.fullmatch(r"stridewise\.(\w+)([13])d(\w*)", name)
    if match is None:
        return None
    two = f"{match[1]}2d{match[3]}"
    return [f"As :func:`{two}`, with {_AXES[match[2]]}."] if hasattr(sw, two) else None


def as_it_stands(line: str) -> str:
    r"""Keep stars from being taken for emphasis and initials for lists, but not in code.

    >>> print(as_it_stands("x : array, (N, *spatial, C) of ``(*kernel,)``"))
    x : array, (N, \*spatial, C) of ``(*kernel,)``
    >>> print(as_it_stands("V. Dumoulin, F. Visin"))
    \V. Dumoulin, F. Visin
    """
    if line.lstrip().startswith((">>>", "...")):
        return line
    parts = _INITIAL.sub(r"\\", line).split("``")
    return "``".join(
        _STAR.sub(r"\\*", part) if i % 2 == 0 else part for i, part in enumerate(parts)
    )


def with_rubrics(lines: list[str]) -> list[str]:
    """Make the headings of a module's docstring no sections of the page.

    >>> with_rubrics(["Examples", "--------", ">>> 1 + 1"])
    ['.. rubric:: Examples', '', '>>> 1 + 1']
    """
    headings = {i for i, line in enumerate(lines[1:]) if re.fullmatch("-{4,}", line)}
    made = [f".. rubric:: {line}" if i in headings else line for i, line in enumerate(lines)]
    return ["" if i - 1 in headings else line for i, line in enumerate(made)]


def _rewrite(_app: Any, what: str, name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    made = other_rank(name) or [as_it_stands(line) for line in lines]
    lines[:] = with_rubrics(made) if what == "module" else made


def _skip(_app: Any, what: str, _name: str, obj: Any, _skipped: bool, _options: Any) -> bool | None:
    """Leave out a named tuple's fields, which its signature has, and a block that a layer calls."""
    is_field = str(getattr(obj, "__doc__", "")).startswith("Alias for field")
    is_block = what == "class" and isinstance(obj, FunctionType) and "." not in obj.__qualname__
    return True if is_field or is_block else None


def setup(app: Any) -> dict[str, bool]:
    """Ask to be called for every docstring, and for every member."""
    app.connect("autodoc-process-docstring", _rewrite, priority=_BEFORE_NUMPYDOC)
    app.connect("autodoc-skip-member", _skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
