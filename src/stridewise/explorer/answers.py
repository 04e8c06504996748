"""Answers to a page in a notebook: every question is checked as if a stranger had asked it.

A question is a plain object ``{id, kind, …}``, and so is its answer: ``{id, document}``,
``{id, shape}`` with the numbers as a buffer, ``{id}`` or ``{id, error}``, which is in words.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from stridewise.errors import DataError, OptionTypeError, StridewiseError, explain
from stridewise.explorer.changes import changes, too_large
from stridewise.explorer.exhibit import Exhibit
from stridewise.options import require_choice, require_integer

__all__ = ["Answers"]

Answer: TypeAlias = tuple[dict[str, Any], list[bytes]]

# Of a title, a name and the like.
_MOST_CHARACTERS = 1000
_LARGEST = 2**53  # integer that JavaScript counts up to


class Answers:
    """What a notebook's kernel says to the page of an exhibit.

    A file comes in pieces, since servers of notebooks end a connection on which a large message
    comes. There is one file at a time: whoever begins another ends the one before.

    Parameters
    ----------
    exhibit : Exhibit

    Examples
    --------
    >>> from stridewise.traces import record_pool2d
    >>> answers = Answers(Exhibit(record_pool2d(np.zeros((1, 4, 4, 1)), 2)))
    >>> question = {"id": "1", "kind": "array", "run": 0, "name": "y/max_pool2d"}
    >>> answers.to(question)[0]
    {'id': '1', 'shape': [2, 2, 1]}
    """

    def __init__(self, exhibit: Exhibit) -> None:
        self._exhibit = exhibit
        self._file = ("", bytearray())

    def to(self, question: object, buffers: Sequence[Any] = ()) -> Answer:
        """Answer a question; whatever is wrong with it, or comes of it, is said in the answer."""
        asked = question if isinstance(question, Mapping) else {}
        found = asked.get("id")
        name = found if isinstance(found, str) and len(found) <= _MOST_CHARACTERS else None
        try:
            answer, numbers = self._answer(asked, buffers)
        except StridewiseError as error:
            answer, numbers = {"error": str(error)[: 2 * _MOST_CHARACTERS]}, []
        except MemoryError:
            answer, numbers = {"error": "There is not enough memory for this."}, []
        except KeyboardInterrupt:
            answer, numbers = {"error": "It was interrupted."}, []
        except Exception as error:
            logging.getLogger(__name__).exception("a question of a page could not be answered")
            said = f"{type(error).__name__}: {error}"[: 2 * _MOST_CHARACTERS]
            answer, numbers = {"error": said}, []
        return {"id": name, **answer}, numbers

    def _answer(self, asked: Mapping[str, Any], buffers: Sequence[Any]) -> Answer:
        known = ("trace", "array", "piece", *changes())
        kind = require_choice("explore", "this is no question.", asked.get("kind"), known)
        if kind == "array":
            return self._array(asked)
        if kind == "piece":
            return self._piece(asked, buffers)
        if kind != "trace":
            self._change(kind, asked)
        return {"document": self._exhibit.document()}, []

    def _array(self, asked: Mapping[str, Any]) -> Answer:
        run = _integer(asked, "run")
        found = self._exhibit.array(
            run,
            _text(asked, "name"),
            _integer(asked, "first", 0),
            _integer(asked, "last", -1, at_least=-1),
            _integer(asked, "step", 1, at_least=1),
        )
        if found is not None:
            shape, content = found
            return {"shape": list(shape)}, [content]
        if run == self._exhibit.run:
            return {"shape": None}, []
        raise DataError(
            explain(
                "explore",
                "something else is shown by now.",
                needed=f"numbers of run {self._exhibit.run}",
                received=f"a question for run {run}",
                hint="run the notebook's cell again",
            )
        )

    def _piece(self, asked: Mapping[str, Any], buffers: Sequence[Any]) -> Answer:
        sizes = {kind: most for kind, (_, most) in changes().items() if most}
        most = sizes[require_choice("explore", "this is no file.", asked.get("of"), sizes)]
        name, at = _text(asked, "file"), _integer(asked, "at")
        if at == 0:
            self._file = (name, bytearray())
        known, content = self._file
        piece = memoryview(buffers[0] if len(buffers) == 1 else b"").cast("B")
        if (name, at) != (known, len(content)) or not piece:
            raise _no_file("a piece that does not follow")
        if at + len(piece) > most:
            self._file = ("", bytearray())
            raise too_large(most)
        content += piece
        return {}, []

    def _change(self, kind: str, asked: Mapping[str, Any]) -> None:
        change, most = changes()[kind]
        content = self._taken(_text(asked, "file"), most) if most else b""
        options = {name: _text(asked, name) for name in asked.keys() - {"id", "kind", "element"}}
        if "element" in asked:
            options["element"] = str(_integer(asked, "element"))
        change(self._exhibit, options, content)

    def _taken(self, name: str, most: int) -> bytes:
        """The file that has come, which is kept no longer."""
        (known, content), self._file = self._file, ("", bytearray())
        if not content or known != name:
            raise _no_file("none, or another one")
        if len(content) > most:
            raise too_large(most)
        return bytes(content)


def _integer(asked: Mapping[str, Any], name: str, default: object = None, at_least: int = 0) -> int:
    return require_integer("explore", name, asked.get(name, default), at_least, _LARGEST)


def _text(asked: Mapping[str, Any], name: str, default: object = None) -> str:
    value = asked.get(name, default)
    if isinstance(value, str) and len(value) <= _MOST_CHARACTERS:
        return value
    raise OptionTypeError(
        explain(
            "explore",
            f"`{name}` is no short text.",
            needed=f"at most {_MOST_CHARACTERS} characters",
            received=f"{type(value).__name__}",
            hint="a short text",
        )
    )


def _no_file(received: str) -> DataError:
    return DataError(
        explain(
            "explore",
            "the file has not arrived.",
            needed="all pieces of one file, one after the other",
            received=received,
            hint="open it again",
        )
    )
