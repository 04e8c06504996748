"""Functions that are still to be written: a name, a docstring, and nothing that computes."""

from __future__ import annotations

import ast

__all__ = ["is_stub"]


def is_stub(function: ast.FunctionDef) -> bool:
    r"""Tell whether a function says by itself that it is not written yet.

    It does nothing, or ends in ``raise NotImplementedError`` and never returns, as an exercise
    hands it out.

    Examples
    --------
    >>> def parsed(text):
    ...     return ast.parse(text).body[0]
    >>> is_stub(parsed("def f(x):\n    '''What it does.'''\n    raise NotImplementedError"))
    True
    >>> is_stub(parsed("def f(x):\n    return x"))
    False
    """
    if all(map(_does_nothing, function.body)):
        return True
    returns = any(isinstance(each, ast.Return) for each in ast.walk(function))
    return _is_not_implemented(function.body[-1]) and not returns


def _does_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _is_not_implemented(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Raise):
        return False
    raised = statement.exc
    name = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(name, ast.Name) and name.id == "NotImplementedError"
