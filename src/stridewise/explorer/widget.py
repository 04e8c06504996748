"""The page within a notebook as a widget: it asks the kernel for what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from stridewise.explorer.answers import Answers
from stridewise.explorer.exhibit import Exhibit
from stridewise.explorer.page import exported, framed
from stridewise.traces import Trace

__all__ = ["Explorer"]


class Explorer(anywidget.AnyWidget):
    """What a notebook shows as the explorer: a frame that loads what is looked at.

    Parameters
    ----------
    exhibit : Exhibit
    height : int
        Of the frame, in pixels, at most; it can be set at any time.
    at : str
        Where it opens; see ``exported``.
    """

    _esm = Path(__file__).with_name("widget.js")
    _frame = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(760, min=1).tag(sync=True)

    def __init__(self, exhibit: Exhibit, height: int = 760, at: str = "") -> None:
        self._exhibit, self._answers = exhibit, Answers(exhibit)
        super().__init__(_frame=framed(at), height=height)
        self.on_msg(self._on_question)

    @property
    def trace(self) -> Trace:
        """What is shown now."""
        return self._exhibit.trace

    @property
    def page(self) -> str:
        """The page of what is shown now, as one file of HTML."""
        return exported(self.trace)

    def _on_question(self, _: Any, question: object, buffers: list[Any]) -> None:
        self.send(*self._answers.to(question, buffers))
