"""``stridewise train``: a network of the zoo on digits, or on your own images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer import Option

from stridewise.cli.progress_bar import ProgressBar
from stridewise.engines import engine_info, set_engine
from stridewise.errors import DataError
from stridewise.exchange.image_size import parse_image_size
from stridewise.explorer import subjects
from stridewise.explorer.page import exported
from stridewise.networks import ZOO
from stridewise.report import require_report, write_report
from stridewise.training import OPTIMIZERS, SCHEDULES, Outcome, RunOptions, train_run
from stridewise.training.atomic_file import write_atomically
from stridewise.training.interruption import stop_on_interrupt

__all__ = ["train"]

_DEFAULTS = RunOptions()


def train(
    run: Annotated[Path, Option(help="The folder to make; it must not exist yet.")] = Path(
        "runs/latest"
    ),
    data: Annotated[
        str,
        Option(help="'digits', a folder with one subfolder a class, or a file .npz, .h5, .hdf5."),
    ] = _DEFAULTS.data,
    test_data: Annotated[
        str | None, Option(help="The test set; by default a fifth of the data is kept for it.")
    ] = None,
    size: Annotated[
        str | None,
        Option(
            help="Rows and columns that images of a folder are brought to, such as 64x48.",
            metavar="HxW",
        ),
    ] = None,
    network: Annotated[str, Option(help=f"One of {', '.join(ZOO)}.")] = _DEFAULTS.network,
    epochs: Annotated[int, Option(help="How often to go through the data.")] = _DEFAULTS.epochs,
    batch_size: Annotated[int, Option(help="Images a step.")] = _DEFAULTS.batch_size,
    optimizer: Annotated[
        str, Option(help=f"One of {', '.join(OPTIMIZERS)}.")
    ] = _DEFAULTS.optimizer,
    learning_rate: Annotated[
        float, Option(help="The highest of the schedule.")
    ] = _DEFAULTS.learning_rate,
    weight_decay: Annotated[
        float, Option(help="How strongly weights are drawn to zero.")
    ] = _DEFAULTS.weight_decay,
    schedule: Annotated[
        str, Option(help=f"The learning rate over time: {', '.join(SCHEDULES)}.")
    ] = _DEFAULTS.schedule,
    augment: Annotated[
        bool, Option(help="Shift and rotate the training images a little.")
    ] = _DEFAULTS.augment,
    patience: Annotated[
        int | None,
        Option(help="Stop after so many epochs without a better validation loss."),
    ] = None,
    seed: Annotated[
        int, Option(help="The same seed gives the same network, bit for bit.")
    ] = _DEFAULTS.seed,
    engine: Annotated[str | None, Option(help="What computes; see `stridewise engines`.")] = None,
) -> None:
    """Train a network, test it, and write a run folder.

    The folder gets metrics.json, the checkpoint (model.safetensors and model.json), report.html
    and, of a small network, explorer.html. Ctrl-C stops after the current batch and keeps what was
    learned.
    """
    if engine is not None:
        set_engine(engine)
    options = RunOptions(
        data=data,
        test_data=test_data,
        size=None if size is None else parse_image_size(size),
        network=network,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        schedule=schedule,
        augment=augment,
        patience=patience,
        seed=seed,
    )
    require_report()
    console = Console()
    console.print(f"engine {engine_info().in_use}, seed {seed}; Ctrl-C stops and keeps the network")
    if engine_info().in_use == "loops":
        console.print("[yellow]loops is for reading: hundreds of times slower than numpy[/yellow]")
    bar = ProgressBar(console, epochs)
    with stop_on_interrupt(bar.stopping) as should_stop, bar:
        outcome = train_run(options, run, bar, should_stop)
    report = write_report(outcome, _write_explorer(outcome))
    console.print(_table(outcome, report))
    if outcome.history.ended == "interrupted":
        text = f"Stopped by Ctrl-C. The checkpoint in {run} is whole, and can be used."
        console.print(Text(text))


def _write_explorer(outcome: Outcome) -> str | None:
    """Write the explorer's page beside the report, unless the network is too large for one."""
    try:
        page = exported(subjects.outcome(outcome).trace())
    except DataError:
        return None
    write_atomically(outcome.folder / "explorer.html", page.encode())
    return "explorer.html"


def _table(outcome: Outcome, report: Path) -> Table:
    evaluation, epochs = outcome.evaluation, len(outcome.history.epochs)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("test accuracy", f"[bold]{evaluation.accuracy:.2%}[/bold]")
    wrong = round((1 - evaluation.accuracy) * len(outcome.test))
    table.add_row("", f"{wrong} wrong of {len(outcome.test)} images never trained on")
    table.add_row("training", f"{outcome.train_seconds:.1f} s, {epochs} epoch{'s' * (epochs != 1)}")
    table.add_row("engine", engine_info().in_use)
    # Text, not markup: a path in brackets is a path.
    table.add_row("report", Text(str(report)))
    if (explorer := outcome.folder / "explorer.html").exists():
        table.add_row("every number", Text(str(explorer)))
    table.add_row("checkpoint", Text(str(outcome.folder / "model.safetensors")))
    table.add_row("metrics", Text(str(outcome.folder / "metrics.json")))
    table.add_row("next", Text(f"stridewise predict {outcome.folder} IMAGE"))
    return table
