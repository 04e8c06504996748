"""``stridewise animate``: a window on its way over an image, as a GIF."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
from rich.console import Console
from typer import Argument, Option

from stridewise.exchange.answers import require_free
from stridewise.traces import Trace, record_conv2d, record_pool2d

__all__ = ["Kind", "animate"]


class Kind(StrEnum):
    """What slides over the image."""

    CONV = "conv"
    MAX = "max"
    AVERAGE = "average"


def animate(
    kind: Annotated[Kind, Argument(help="A convolution, or a pooling.")],
    out: Annotated[Path, Option(help="The GIF to write; it must not exist yet.")],
    input: Annotated[int, Option(help="Rows and columns of the image.", min=1, max=64)] = 5,
    kernel: Annotated[int, Option(help="Rows and columns of the window.", min=1, max=64)] = 3,
    stride: Annotated[int, Option(help="How far the window moves.", min=1, max=64)] = 1,
    padding: Annotated[int, Option(help="Zeros around the image.", min=0, max=64)] = 0,
    dilation: Annotated[
        int, Option(help="Distance between taps, of a convolution.", min=1, max=64)
    ] = 1,
    milliseconds: Annotated[int, Option(help="How long an output stays.", min=20)] = 700,
    seed: Annotated[int, Option(help="Of the numbers, small integers.", min=0)] = 0,
) -> None:
    """Draw a window that slides over an image, and write what comes out, number by number."""
    from stridewise.figures import animate_window  # Matplotlib: no other command waits for it

    require_free(out)
    rng = np.random.default_rng(seed)
    x = rng.integers(-4, 5, (1, input, input, 1)).astype(np.float64)
    trace: Trace
    if kind is Kind.CONV:
        weight = rng.integers(-2, 3, (kernel, kernel, 1, 1)).astype(np.float64)
        trace = record_conv2d(x, weight, stride=stride, padding=padding, dilation=dilation)
    else:
        trace = record_pool2d(x, kernel, kind=kind.value, stride=stride, padding=padding)
    node = trace.document["nodes"][0]["name"]
    pictures = animate_window(trace, node, out, milliseconds=milliseconds)
    Console().print(f"{out}: {pictures} pictures", markup=False)
