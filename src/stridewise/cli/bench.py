"""``stridewise bench``: the speed on this machine, beside other libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from stridewise.benchmark import PEERS, BenchOptions, as_text, run_benchmark
from stridewise.engines import set_engine

__all__ = ["bench"]


def bench(
    peers: Annotated[
        str,
        Option(
            help="Libraries to stand beside, with commas between them; empty for none.",
            metavar="NAMES",
        ),
    ] = ",".join(PEERS),
    shapes: Annotated[
        Path | None, Option(help="A table of your own: tabs between columns, names in line 1.")
    ] = None,
    direction: Annotated[str, Option(help="What to measure: forward, backward, both.")] = "both",
    set: Annotated[str | None, Option(help="Only the rows of this set, such as resnet50.")] = None,
    output: Annotated[
        Path, Option(help="A folder for the files; those of the last time are replaced.")
    ] = Path("runs/bench"),
    threads: Annotated[
        int | None, Option(help="For Stridewise and every peer; by default one a core.")
    ] = None,
    engine: Annotated[str | None, Option(help="What computes; see `stridewise engines`.")] = None,
    quick: Annotated[
        bool, Option("--quick", help="One row a class, few rounds, and no further sections.")
    ] = False,
) -> None:
    """Measure the speed here, beside other libraries.

    A table (bench.txt), all numbers (bench.json) and a roofline (PNG, SVG).
    Ratios above 1 mean that Stridewise is the faster.
    """
    if engine is not None:
        set_engine(engine)
    names = tuple(name.strip() for name in peers.split(",") if name.strip())
    options = BenchOptions(names, shapes, direction, set, threads, quick)
    results = run_benchmark(options, output, typer.echo)
    typer.echo()
    typer.echo(as_text(results), nl=False)
    typer.echo(f"\n{output}: bench.txt, bench.json, roofline.png, roofline.svg")
