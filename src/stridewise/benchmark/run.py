"""A whole benchmark: rows, sections, files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from stridewise.benchmark import table
from stridewise.benchmark.machine import describe_machine
from stridewise.benchmark.measure import Effort, Row, measure
from stridewise.benchmark.peak import measure_peak
from stridewise.benchmark.peers import PEERS, Peer, Torch
from stridewise.benchmark.problem import Problem
from stridewise.benchmark.results import DIRECTIONS, Results
from stridewise.benchmark.roofline import draw_roofline, require_matplotlib
from stridewise.benchmark.scaling import by_batch, by_threads, large_problems
from stridewise.benchmark.shapes import own_shapes, read_shapes, select
from stridewise.benchmark.start_up import start_up
from stridewise.benchmark.threads import limited_to
from stridewise.benchmark.training_steps import NETWORKS, measure_training
from stridewise.engines.num_threads import get_num_threads
from stridewise.errors import RunError, explain
from stridewise.options import require_choice, require_integer

__all__ = ["BenchOptions", "run_benchmark"]

_TRAINING_BATCH = 64


@dataclass(frozen=True)
class BenchOptions:
    """What to measure.

    Attributes
    ----------
    peers : tuple of str
        Whom to stand beside; those that are not installed are named, and left out.
    shapes : Path, optional
        A table of your own in place of Stridewise's.
    direction : "forward", "backward" or "both"
    set : str, optional
        Only the rows of this set.
    threads : int, optional
        For Stridewise and for every peer; by default one a core.
    quick : bool
        One row a class, few rounds, and neither scaling, training nor start-up.
    """

    peers: tuple[str, ...] = tuple(PEERS)
    shapes: Path | None = None
    direction: str = "both"
    set: str | None = None
    threads: int | None = None
    quick: bool = False


def run_benchmark(
    options: BenchOptions, folder: Path, say: Callable[[str], None] = lambda _: None
) -> Results:
    """Measure, write ``bench.txt``, ``bench.json`` and the roofline into ``folder``.

    Parameters
    ----------
    options : BenchOptions
    folder : Path
        Made if it is not there; files of an earlier benchmark are replaced.
    say : function of str
        Told of every row as it is measured.

    Raises
    ------
    OptionError, DataError, RunError, MissingExtraError
        Before anything is measured, if an option, the table or the folder cannot be used.
    DisagreementError
        If a peer computes something else than Stridewise; names the row.
    """
    problems, directions, threads = _checked(options)
    require_matplotlib()
    _make(folder)
    chosen = [PEERS[name] for name in PEERS if name in options.peers]
    there = [peer for peer in chosen if peer.is_installed()]
    missing = {peer.name: peer.install_command() for peer in chosen if peer not in there}
    machine = describe_machine(threads, there)
    effort = Effort(3, 0.005) if options.quick else Effort()
    say(str(machine))
    for name, command in missing.items():
        say(f"{name} is not installed: {command}")
    with limited_to(threads):
        peak = measure_peak(threads)
        for line in table.peak_lines(peak):
            say(line)
        peers = {peer.name: peer(threads) for peer in there}
        say(table.columns(list(peers)))
        rows: list[Row] = []
        for problem in problems:
            for direction in directions:
                rows.append(measure(problem, direction, peers, effort))
                say(table.row_line(rows[-1], peak, list(peers)))
            vars(problem).pop("arrays", None)  # or all of them would be kept
        sections = {} if options.quick else _sections(problems, directions, threads, peers, effort)
        # Again: a machine may have been busy with something else at the beginning.
        peak = peak.best(measure_peak(threads))
    results = Results(machine, peak, missing, tuple(rows), **sections)
    (folder / "bench.txt").write_text(table.as_text(results), encoding="utf-8")
    (folder / "bench.json").write_text(json.dumps(results.as_json(), indent=1) + "\n")
    draw_roofline(results, folder)
    return results


def _checked(
    options: BenchOptions,
) -> tuple[list[Problem], list[Literal["forward", "backward"]], int]:
    for name in options.peers:
        require_choice("--peers", "there is no peer of that name.", name, PEERS)
    known = (*DIRECTIONS, "both")
    require_choice("--direction", "there is no direction of that name.", options.direction, known)
    threads = get_num_threads() if options.threads is None else options.threads
    require_integer("bench", "threads", threads, at_least=1, at_most=256)
    problems = own_shapes() if options.shapes is None else read_shapes(options.shapes)
    if options.set is not None:
        problems = select(problems, options.set)
    directions = [each for each in DIRECTIONS if options.direction in (each, "both")]
    return _quick(problems) if options.quick else problems, directions, threads


def _quick(problems: Sequence[Problem]) -> list[Problem]:
    """Of each class the row with the least work."""
    least: dict[str, Problem] = {}
    for problem in sorted(problems, key=lambda each: each.operations("forward")):
        least.setdefault(problem.group, problem)
    return list(least.values())


def _sections(
    problems: Sequence[Problem],
    directions: Sequence[Literal["forward", "backward"]],
    threads: int,
    peers: dict[str, Peer],
    effort: Effort,
) -> dict[str, Any]:
    """What is measured beside the rows."""
    large = large_problems(problems)
    torch = peers.get("torch")
    return {
        "threads": tuple(
            by_threads(problem, direction, threads, effort)
            for problem in large
            for direction in directions
            if threads > 1
        ),
        "batches": tuple(
            by_batch(problem, direction, effort)
            for problem in large[:2]
            for direction in directions
        ),
        "training": tuple(
            measure_training(
                name, _TRAINING_BATCH, torch if isinstance(torch, Torch) else None, effort
            )
            for name in NETWORKS
        ),
        "start_up": tuple(start_up()),
    }


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            explain(
                "--output",
                "the folder cannot be made.",
                needed="a folder that is there, or can be made",
                received=f"{folder} ({error.strerror})",
                hint="--output runs/bench",
            )
        ) from None
