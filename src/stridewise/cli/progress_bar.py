"""A training's progress on the terminal."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from stridewise.training import EpochResult, Progress

__all__ = ["ProgressBar"]


class ProgressBar(Progress):
    """Epoch, loss, accuracy, images a second and time left; a line an epoch where no bar can be."""

    def __init__(self, console: Console, epochs: int) -> None:
        self._console, self._epochs = console, epochs
        self._began, self._images = time.perf_counter(), 0
        self._bar = Bar(
            TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]:.4g}  accuracy {task.fields[accuracy]:.2%}"),
            TextColumn("{task.fields[rate]:,.0f} images/s"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(
            "training", total=None, epoch=1, epochs=epochs, loss=0.0, accuracy=0.0, rate=0.0
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def stopping(self) -> None:
        """Say that Ctrl-C was heard: a slow engine may need a while for its batch."""
        text = "stopping after this batch, then testing; Ctrl-C again cuts off and keeps less"
        # Written past the console: this runs inside a signal's handler, which may have
        # interrupted the console while it held its own lock.
        with suppress(OSError, ValueError):  # there may be no real stderr, in a notebook
            os.write(sys.stderr.fileno(), f"\n{text}\n".encode())

    def begin(self, images: int) -> None:
        """Learn how many images an epoch has."""
        self._bar.update(self._task, total=images * self._epochs)
        self._bar.start()

    def batch(self, epoch: int, images: int, loss: float, accuracy: float) -> None:
        """Move the bar."""
        self._images += images
        rate = self._images / (time.perf_counter() - self._began)
        self._bar.update(
            self._task, advance=images, epoch=epoch, loss=loss, accuracy=accuracy, rate=rate
        )

    def epoch(self, result: EpochResult) -> None:
        """Print a line, where there is no bar."""
        if not self._console.is_terminal:
            self._console.print(
                f"epoch {result.epoch}/{self._epochs}  loss {result.loss:.4f}  "
                f"accuracy {result.accuracy:.2%}  {result.seconds:.2f} s"
            )
