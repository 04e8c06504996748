"""``stridewise run``: what an ONNX model says to images."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text
from typer import Argument, Option

from stridewise.arrays import Array
from stridewise.blocks import softmax as probabilities_of
from stridewise.datasets.untrusted_files import require_file
from stridewise.engines import engine_info, set_engine
from stridewise.errors import OptionError, explain
from stridewise.exchange.answers import (
    ask,
    is_distribution,
    largest,
    require_free,
    summarised,
    vector_of,
    write_answers,
)
from stridewise.exchange.image_size import parse_image_size
from stridewise.exchange.label_file import read_labels
from stridewise.exchange.number_list import parse_numbers
from stridewise.exchange.pictures import preparation_for, prepare_picture
from stridewise.networks import Graph

__all__ = ["run"]


def run(
    model: Annotated[Path, Argument(help="An ONNX file of a network that takes one image.")],
    images: Annotated[list[Path], Argument(help="Image files; they are brought to size.")],
    size: Annotated[
        str | None,
        Option(
            help="Rows and columns, such as 224x224, if the model leaves them open; "
            "by default the image's own.",
            metavar="HxW",
        ),
    ] = None,
    multiple_of: Annotated[
        int,
        Option(help="Round an image's own size to a multiple; detectors want 32. Not with --size."),
    ] = 1,
    scale: Annotated[float, Option(help="What white becomes; many models want 255.")] = 1.0,
    mean: Annotated[
        str,
        Option(
            help="What to subtract then: 1 number, or 1 a channel, such as 0.485,0.456,0.406.",
            metavar="NUMBERS",
        ),
    ] = "0",
    std: Annotated[
        str,
        Option(
            help="What to divide by then: 1 number, or 1 a channel, such as 0.229,0.224,0.225.",
            metavar="NUMBERS",
        ),
    ] = "1",
    bgr: Annotated[bool, Option("--bgr", help="Blue, green, red, as OpenCV has it.")] = False,
    softmax: Annotated[
        bool, Option("--softmax", help="Turn the output into probabilities.")
    ] = False,
    top: Annotated[int, Option(help="How many numbers to show of a vector.", min=1)] = 5,
    labels: Annotated[
        Path | None, Option(help="Names for the numbers: a label a line, or JSON.")
    ] = None,
    npz: Annotated[
        Path | None, Option(help="A file for all outputs; it must not exist yet.")
    ] = None,
    engine: Annotated[str | None, Option(help="What computes; see `stridewise engines`.")] = None,
) -> None:
    """Run an ONNX model on images, and print what it answers.

    Of a vector the largest numbers; of other outputs shape (channels last), min, mean and max.
    """
    if engine is not None:
        set_engine(engine)
    if size is not None and multiple_of != 1:
        raise _two_sizes(size, multiple_of)
    for path in images:
        require_file("run", path)
    if npz is not None:
        require_free(npz)
    network = _loader()(model)
    preparation = preparation_for(
        network,
        size=None if size is None else parse_image_size(size),
        multiple_of=multiple_of,
        mean=parse_numbers("--mean", mean),
        std=parse_numbers("--std", std),
        scale=scale,
        order="bgr" if bgr else "rgb",
    )
    console = Console()
    console.print(
        _text(f"{model.name} takes {preparation}; engine {engine_info().in_use}"), soft_wrap=True
    )
    tables = _Tables(network.outputs, labels, softmax, top)
    kept: list[list[Array]] = []
    for path in _watched(images):
        answers = ask(network, prepare_picture(path, preparation), str(path))
        tables.add(path, answers)
        if npz is not None:
            kept.append(answers)
    tables.print(console)
    if npz is not None:
        outputs = list(zip(network.outputs, zip(*kept, strict=True), strict=True))
        written = write_answers(npz, [str(path) for path in images], outputs)
        arrays = ", ".join(f"{name} {shape}" for name, shape in written.items())
        console.print(_text(f"{npz}: {arrays}"), soft_wrap=True)


def _loader() -> Callable[[Path], Graph]:
    from stridewise.exchange.onnx import load  # here: other commands need no ONNX

    return load


class _Tables:
    """The largest numbers of first outputs that are vectors; all other outputs in short."""

    def __init__(self, names: Sequence[str], labels: Path | None, softmax: bool, top: int) -> None:
        self._names, self._file, self._softmax, self._top = names, labels, softmax, top
        self._labels: dict[int, str] = {}
        self._were_probabilities = softmax
        self._vectors = _table("image", "index" if labels is None else "label")
        self._vectors.add_column("probability" if softmax else "value", justify="right")
        self._others = _table("image", "output", "shape")
        for column in ("min", "mean", "max"):
            self._others.add_column(column, justify="right", no_wrap=True)

    def add(self, path: Path, answers: Sequence[Array]) -> None:
        """Take the answers to one image."""
        vector = vector_of(answers[0])
        if vector is not None:
            self._add_vector(path, vector)
        elif self._softmax or self._file is not None:
            raise _no_vector("--labels" if self._file else "--softmax", answers[0].shape)
        start = 0 if vector is None else 1
        for place in range(start, len(answers)):
            summary = summarised(answers[place])
            numbers = (summary.least, summary.mean, summary.largest)
            self._others.add_row(
                _text(path if place == start else ""),
                _text(self._names[place]),
                str(summary.shape),
                *("-" if number is None else f"{number:.4g}" for number in numbers),
            )

    def _add_vector(self, path: Path, vector: Array) -> None:
        if self._file is not None and not self._labels:
            self._labels = read_labels(self._file, len(vector))
        if self._softmax:
            self._were_probabilities = self._were_probabilities and is_distribution(vector)
            vector = probabilities_of(vector)
        shown = largest(vector, self._top)
        style = ".2%" if self._softmax else _style(float(vector[shown[0]]))
        for place, index in enumerate(shown):
            self._vectors.add_row(
                _text(path if place == 0 else ""),
                _text(self._labels.get(index, index)),
                f"{vector[index]:{style}}",
            )

    def print(self, console: Console) -> None:
        """Print what there is."""
        for table in (self._vectors, self._others):
            if table.row_count:
                console.print(table)
        if self._were_probabilities:
            console.print(
                "The model gives probabilities already: leave --softmax away.", style="yellow"
            )


def _watched(images: Sequence[Path]) -> Iterator[Path]:
    """Go through the images, with a bar on the terminal that vanishes at the end."""
    console = Console(stderr=True)
    columns = (TextColumn("image"), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        yield from bar.track(images)


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, padding=(0, 2, 0, 0))


def _text(given: object) -> Text:
    """Take names as they are: not as markup, and without codes that steer a terminal."""
    return Text("".join("�" if unicodedata.category(c) in ("Cc", "Cs") else c for c in str(given)))


def _style(largest: float) -> str:
    """How to write numbers below one another: with as many decimals, unless that hides them."""
    return ".4f" if 1e-2 <= abs(largest) < 1e6 else ".4g"


def _two_sizes(size: str, multiple_of: int) -> OptionError:
    return OptionError(
        explain(
            "--multiple-of",
            "it does not go with --size.",
            needed="one of the two: --multiple-of rounds an image's own size",
            received=f"--size {size} --multiple-of {multiple_of}",
            hint="--size alone, with sides that are multiples already",
        )
    )


def _no_vector(option: str, shape: tuple[int, ...]) -> OptionError:
    return OptionError(
        explain(
            option,
            "the model's first output is not a vector.",
            needed="an output of shape (1, K)",
            received=str(shape),
            hint=f"without {option}; --npz keeps the output as it is",
        )
    )
