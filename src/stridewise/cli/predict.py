"""``stridewise predict``: what a trained network says to images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer import Argument, Option

from stridewise.datasets import read_image
from stridewise.training import load_checkpoint

__all__ = ["predict"]


def predict(
    run: Annotated[Path, Argument(help="The folder of a training, such as runs/demo.")],
    images: Annotated[list[Path], Argument(help="Image files; they are brought to size.")],
    top: Annotated[int, Option(help="How many classes to show.", min=1)] = 3,
    invert: Annotated[
        bool, Option(help="Take dark for light: for dark ink on light paper, where digits are.")
    ] = False,
) -> None:
    """Print the likeliest classes of images, with their probabilities."""
    checkpoint = load_checkpoint(run)
    size, channels = checkpoint.image_shape
    probabilities = []
    for path in images:
        pixels = read_image(path, size, channels)
        probabilities += [*checkpoint.probabilities((1 - pixels if invert else pixels)[None])]
    table = Table("image", "class", "probability", box=None, padding=(0, 2, 0, 0))
    for path, answer in zip(images, probabilities, strict=True):
        for place, label in enumerate(np.argsort(-answer, kind="stable")[:top]):
            # Text, not markup: names in brackets are names.
            name = Text(str(path) if place == 0 else "")
            table.add_row(name, Text(checkpoint.classes[label]), f"{answer[label]:7.2%}")
    Console().print(table)
