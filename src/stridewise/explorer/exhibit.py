"""What a page shows at the moment, and what can be shown instead: another class, image, model.

A server and a notebook's widget answer the page's questions with one of these.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from stridewise.arrays import Array
from stridewise.errors import DataError, OptionError, explain
from stridewise.explorer.numbers import encoded
from stridewise.explorer.subjects import Subject
from stridewise.traces import Trace

__all__ = ["Exhibit"]

# What an image is brought to, for a model that takes any size.
_OPEN_SIDE = 224
# One white pixel as a PNG, for a model before any image.
_EMPTY = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63"
    "f80f0001010100b138f6140000000049454e44ae426082"
)


class Exhibit:
    """A trace, and the subject that it is of, if there is one.

    Every change records another run. Arrays are asked for with the number of their run: a page
    that shows an earlier one gets none of a later one.

    Parameters
    ----------
    shown : Subject or Trace
        Of a trace alone nothing can be changed.

    Examples
    --------
    >>> import numpy as np
    >>> from stridewise.networks import digits_convnet
    >>> exhibit = Exhibit(Subject(digits_convnet(), (np.zeros((1, 8, 8, 1)),), "digits"))
    >>> exhibit.pick(3, "score")
    >>> exhibit.document()["run"], exhibit.document()["loss"]["element"]
    (1, 3)
    """

    def __init__(self, shown: Subject | Trace) -> None:
        self._subject = None if isinstance(shown, Trace) else shown
        self._shown = (0, shown if isinstance(shown, Trace) else shown.trace())
        self._picture: bytes | None = None
        # One change at a time: two networks at work would need twice the memory.
        self._changing = Lock()

    @property
    def trace(self) -> Trace:
        """What is shown now."""
        return self._shown[1]

    @property
    def run(self) -> int:
        """How many changes there have been."""
        return self._shown[0]

    def document(self) -> dict[str, Any]:
        """The trace's document, the number of its run, and what a page may ask for."""
        run, trace = self._shown
        return {**trace.document, "run": run, "questions": self._questions()}

    def array(
        self, run: int, name: str, first: int = 0, last: int = -1, step: int = 1
    ) -> tuple[tuple[int, ...], bytes] | None:
        """Some channels of an array of that run; None if there is no such thing (any more)."""
        current, trace = self._shown
        found = trace.arrays.get(name)
        if run != current or found is None or found.dtype.kind not in "fiub":
            return None
        if first < 0 or step < 1:
            return None
        return encoded(found, first, last, step)

    def pick(self, element: int, of: str) -> None:
        """Let the gradient start from another element of the output."""
        with self._changing:
            self._show(replace(self._changeable(), element=element, of=of))

    def open_image(self, content: bytes) -> None:
        """Show the network at work on another image, the content of an image file."""
        with self._changing:
            subject = self._changeable()
            if subject.read is None:
                raise _unchangeable("no image can be read for its inputs")
            self._show(replace(subject, inputs=(_read(subject, content),), element=None))
            self._picture = content

    def open_model(
        self,
        content: bytes,
        title: str,
        *,
        size: tuple[int, int] | None = None,
        mean: Sequence[float] = (0.0,),
        std: Sequence[float] = (1.0,),
        scale: float = 1.0,
    ) -> None:
        """Show another network, the content of an ONNX file, at work on the last image opened.

        As long as none was opened, on an empty one.
        """
        from stridewise.exchange.onnx import load
        from stridewise.exchange.pictures import preparation_for, prepare_picture

        with self._changing:
            self._changeable()
            network = load(content)
            preparation = preparation_for(network, size=size, mean=mean, std=std, scale=scale)
            height, width = preparation.size or (None, None)
            preparation = replace(preparation, size=(height or _OPEN_SIDE, width or _OPEN_SIDE))
            subject = Subject(
                network, (), title, read=lambda file: prepare_picture(file, preparation)
            )
            x = _read(subject, self._picture or _EMPTY)
            self._show(replace(subject, inputs=(x,)))

    def _changeable(self) -> Subject:
        if self._subject is None:
            raise _unchangeable("it shows what was recorded, without the network")
        return self._subject

    def _show(self, subject: Subject) -> None:
        trace = subject.trace()
        self._subject, self._shown = subject, (self._shown[0] + 1, trace)

    def _questions(self) -> list[str]:
        if self._subject is None:
            return []
        return ["pick", "model"] if self._subject.read is None else ["pick", "image", "model"]


def _read(subject: Subject, content: bytes) -> Array:
    """Make an input of the content of an image file."""
    assert subject.read is not None
    # Under a name of ours: nothing of a request ever becomes a path.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "image"
        file.write_bytes(content)
        try:
            return subject.read(file)
        except DataError as error:
            raise DataError(_without(file, str(error))) from None


def _without(file: Path, message: str) -> str:
    """A message about a file that nobody else knows, without its path."""
    for written in (repr(str(file)), str(file), file.as_posix()):
        message = message.replace(written, "the image")
    return message


def _unchangeable(because: str) -> OptionError:
    return OptionError(
        explain(
            "explore",
            "this page cannot show anything else.",
            needed="a network at hand",
            received=because,
            hint="stridewise explore --model MODEL.onnx --image photo.jpg",
        )
    )
