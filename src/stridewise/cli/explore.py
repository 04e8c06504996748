"""``stridewise explore``: walk through a network, number by number, in a browser."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

from rich.console import Console
from typer import Option

from stridewise.errors import OptionError, explain, missing_extra
from stridewise.exchange.answers import require_free
from stridewise.exchange.image_size import parse_image_size
from stridewise.exchange.number_list import parse_numbers
from stridewise.explorer import subjects
from stridewise.explorer.page import exported
from stridewise.training.atomic_file import write_atomically

__all__ = ["explore"]


def explore(
    run: Annotated[Path | None, Option(help="The folder of a training, such as runs/demo.")] = None,
    model: Annotated[Path | None, Option(help="An ONNX model; it needs an image.")] = None,
    image: Annotated[Path | None, Option(help="An image file; it is brought to size.")] = None,
    labels: Annotated[
        Path | None, Option(help="Names for a model's numbers: a label a line, or JSON.")
    ] = None,
    invert: Annotated[bool, Option("--invert", help="Take dark for light, of a run.")] = False,
    size: Annotated[
        str | None, Option(help="Rows and columns, if the model leaves them open.", metavar="HxW")
    ] = None,
    scale: Annotated[float, Option(help="What white becomes, for a model.")] = 1.0,
    mean: Annotated[str, Option(help="What to subtract then.", metavar="NUMBERS")] = "0",
    std: Annotated[str, Option(help="What to divide by then.", metavar="NUMBERS")] = "1",
    export: Annotated[
        Path | None, Option(help="Write the page as one file instead; it must not exist yet.")
    ] = None,
    port: Annotated[int, Option(help="By default a free one.", min=0, max=65535)] = 0,
    browser: Annotated[bool, Option(help="Whether to open a browser.")] = True,
) -> None:
    """Show every number of a network at work: the demo's, a training's, or an ONNX model's."""
    if run is not None and model is not None:
        raise _both(run, model)
    if export is not None:
        require_free(export)
    console = Console()
    if model is not None:
        subject = subjects.model(
            model,
            image,
            size=None if size is None else parse_image_size(size),
            mean=parse_numbers("--mean", mean),
            std=parse_numbers("--std", std),
            scale=scale,
            labels=labels,
        )
    elif run is not None:
        subject = subjects.run(run, image, invert=invert)
    else:
        console.print("training a small network on digits, to have something to look at …")
        subject = subjects.demo(image)
    if export is not None:
        write_atomically(export, exported(subject.trace()).encode())
        console.print(f"{export}: open it in a browser", markup=False)
        return
    _serve(subject, port, browser, console)


def _serve(subject: subjects.Subject, port: int, browser: bool, console: Console) -> None:
    try:
        from stridewise.explorer.exhibit import Exhibit
        from stridewise.explorer.server import serve
    except ModuleNotFoundError as error:
        raise missing_extra("explore", error.name or "starlette", "explore") from None

    def opened(address: str) -> None:
        console.print(f"{address}  (Ctrl-C stops)", markup=False, soft_wrap=True)
        if browser:
            webbrowser.open(address)

    serve(Exhibit(subject), opened, port)


def _both(run: Path, model: Path) -> OptionError:
    return OptionError(
        explain(
            "explore",
            "there are two networks.",
            needed="one of --run and --model",
            received=f"--run {run} --model {model}",
            hint=f"stridewise explore --run {run}",
        )
    )
