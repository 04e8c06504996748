"""The process in which a learner's program runs: ``python -I -S -B child.py SETTINGS``.

It takes requests from its standard input and answers on its standard output, both of which the
program finds empty. It needs the standard library, NumPy and its neighbours in this folder, and
imports nothing of Stridewise, which is not there.
"""

from __future__ import annotations
import __future__

import ast
import importlib.util
import json
import os
import sys
import types
from collections.abc import Mapping
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

# What `from __future__ import …` at a program's beginning says to all of it.
_FUTURE = reduce(
    or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
_MOST_LINES = 20
_MOST_MESSAGE = 2000


def neighbour(folder: str, name: str) -> Any:
    """Load a file of this folder, without a way for the program to import it."""
    spec = importlib.util.spec_from_file_location(name, Path(folder) / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up while it is executed
    spec.loader.exec_module(module)
    del sys.modules[name]
    return module


class Learner:
    """The learner's program, once it is executed."""

    def __init__(self, offered: Mapping[str, Any]) -> None:
        self._module = types.ModuleType("submission")
        self._module.__dict__.update(offered)
        self._file = "submission"
        self._stopped: dict[str, Any] | None = None
        sys.modules["submission"] = self._module

    def load(self, file: str, text: str) -> dict[str, Any]:
        """Execute the program, statement by statement: what fails costs nothing but itself.

        A data set or a package that is not here must not cost a learner their functions.
        """
        self._file = file
        try:
            tree = ast.parse(text, file)
            whole = compile(tree, file, "exec", dont_inherit=True)
        except BaseException as error:
            return self._trouble(error)
        flags = whole.co_flags & _FUTURE
        for statement in tree.body:
            try:
                part = compile(ast.Module([statement], []), file, "exec", flags, dont_inherit=True)
                exec(part, self._module.__dict__)
            except BaseException as error:
                self._stopped = self._stopped or self._trouble(error)
        return {"kind": "loaded"}

    def call(self, wire: Any, request: Mapping[str, Any]) -> dict[str, Any]:
        """Call one function, with helpers in the place of the learner's own."""
        names = self._module.__dict__
        own = {name: names[name] for name in request["helpers"] if name in names}
        arguments, keywords = request["arguments"], request["keywords"]
        before = [wire.encode(each) for each in arguments]
        if request["function"] not in names:
            return self._undefined(request["function"])
        try:
            names.update({name: _helper(name, text) for name, text in request["helpers"].items()})
            value = names[request["function"]](*arguments, **keywords)
            changed = [
                wire.encode(each) != sent for each, sent in zip(arguments, before, strict=True)
            ]
            indices = tuple(i for i, each in enumerate(changed) if each)
            return {"kind": "returned", "value": value, "changed": indices}
        except BaseException as error:
            return self._trouble(error)
        finally:
            for name in request["helpers"]:
                names.pop(name, None)
            names.update(own)

    def _undefined(self, name: str) -> dict[str, Any]:
        """Why there is no such function, although the program has its text."""
        said = f"name {name!r} is not defined"
        if self._stopped is None:
            return self._trouble(NameError(said))
        why = f"{self._stopped['type']}: {self._stopped['message']}"
        return {**self._stopped, "type": "NameError", "message": f"{said}, since before it {why}"}

    def _trouble(self, error: BaseException) -> dict[str, Any]:
        lines, traceback = list[int](), error.__traceback__
        while traceback is not None:
            mine = traceback.tb_frame.f_code.co_filename == self._file
            if mine and lines[-1:] != [traceback.tb_lineno]:
                lines.append(traceback.tb_lineno)
            traceback = traceback.tb_next
        if isinstance(error, SyntaxError) and error.filename == self._file:
            lines.append(error.lineno or 1)
        try:
            message = str.__getitem__(str(error), slice(_MOST_MESSAGE))
        except BaseException:
            message = ""
        return {
            "kind": "raised",
            "type": str.__str__(type(error).__name__)[:200],
            "message": message,
            "lines": tuple(lines[-_MOST_LINES:]),
        }


def _helper(name: str, text: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(compile(text, "helper", "exec"), namespace)
    return namespace[name]


def _own_pipes() -> tuple[Any, Any]:
    """Take the pipes away from where ``input`` and ``print`` would find them."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    return requests, replies


def main() -> None:
    """Confine this process, say how far that went, and serve."""
    settings = json.loads(sys.argv.pop())
    folder = settings["folder"]
    requests, replies = _own_pipes()
    confine = neighbour(folder, "confine")
    confine.die_with_parent()
    if settings["way"] == "namespaces":
        try:
            confine.enter(settings["root"], settings["view"])
        except (OSError, KeyError):
            os._exit(1)  # not allowed here
        folder = settings["view"]["folder"]
    if settings["way"] == "landlock":
        closed = neighbour(folder, "landlock").enclose(**settings["openable"])
        if not closed:
            os._exit(1)
    sys.path.append(settings["packages"])
    wire, stand_ins = neighbour(folder, "wire"), neighbour(folder, "stand_ins")
    on = set(neighbour(folder, "bounds").set_bounds(settings["limits"]))
    if neighbour(folder, "system_calls").refuse():
        on |= {"network", "processes"}
    stand_ins.offer()
    learner = Learner(dict.fromkeys(("display", "get_ipython"), stand_ins.NOTHING))

    def answer(value: Mapping[str, Any]) -> None:
        message = wire.encode(value)
        replies.write(message)
        replies.flush()

    answer({"number": 0, "on": tuple(sorted(on))})
    while True:
        try:
            request = wire.read_message(requests)
        except EOFError:
            os._exit(0)  # whatever the program still wants to do at its end
        if "text" in request:
            text = request["text"].tobytes().decode()
            reply = learner.load(request["file"], text)
        else:
            reply = learner.call(wire, request)
        answer({**reply, "number": request["number"]})


if __name__ == "__main__":
    main()
