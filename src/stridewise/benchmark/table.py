"""The results as text: every row, then what the rows of a class come to, then who loses where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stridewise.benchmark.measure import Row
from stridewise.benchmark.peak import Peak
from stridewise.benchmark.problem import CLASSES
from stridewise.benchmark.results import Results
from stridewise.benchmark.scaling import BatchScaling, ThreadScaling
from stridewise.benchmark.start_up import StartUp
from stridewise.benchmark.training_steps import TrainingStep

__all__ = ["as_text", "columns", "peak_lines", "row_line"]

_TITLE = 46
_RATIO = 12


def as_text(results: Results) -> str:
    """Give the whole report."""
    peers = results.peers()
    parts = [
        [str(results.machine), *peak_lines(results.peak), *_missing(results.missing)],
        *(
            [group, columns(peers), *(row_line(row, results.peak, peers) for row in rows)]
            for group in CLASSES
            if (rows := [row for row in results.rows if row.group == group])
        ),
        _class_lines(results),
        _loss_lines(results),
        _thread_lines(results.threads),
        _batch_lines(results.batches),
        _training_lines(results.training),
        _start_up_lines(results.start_up),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def columns(peers: Sequence[str]) -> str:
    """The head of a table of rows."""
    ratios = "".join(f"{f'× {peer}':>{_RATIO + 2}}" for peer in peers)
    return f"{'':{_TITLE}} {'':8} {'ms':>10} {'GFLOP/s':>8} {'of peak':>8} {'MiB':>7}{ratios}"


def row_line(row: Row, peak: Peak | None, peers: Sequence[str]) -> str:
    """One row; a ratio above 1 says that Stridewise is the faster."""
    share = row.share(peak.fma_all if peak else None)
    shown = "" if share is None else f"{share:.0%}"
    rate = f"{row.rate / 1e9:.1f}" if row.multiplies else ""
    ratios = "".join(f"{_ratio(row.ratio(peer)):>{_RATIO + 2}}" for peer in peers)
    return (
        f"{row.title:{_TITLE}} {row.direction:8} {1e3 * row.seconds:10.4f} {rate:>8} {shown:>8} "
        f"{row.workspace / 2**20:7.1f}{ratios}"
    )


def peak_lines(peak: Peak) -> list[str]:
    """What the machine can do."""
    found = [
        f"copies {peak.bandwidth / 1e9:.1f} GB/s, NumPy's matrix product "
        f"{peak.sgemm / 1e9:.0f} GFLOP/s"
    ]
    if peak.fma_1 is None or peak.fma_all is None:
        return [*found, "peak of multiply-adds not measured: pip install llvmlite"]
    one, all_ = peak.fma_1 / 1e9, peak.fma_all / 1e9
    return [f"peak of multiply-adds {one:.0f} GFLOP/s on 1 thread, {all_:.0f} on all", *found]


def _missing(missing: dict[str, str]) -> list[str]:
    return [f"{name} is not installed: {command}" for name, command in missing.items()]


def _ratio(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def _class_lines(results: Results) -> list[str]:
    summaries = results.summaries()
    if not summaries:
        return []
    head = f"{'':34} {'':8} {'peer':<12} {'rows':>5} {'mean':>6} {'least':>6}"
    return [
        "how many times faster than each peer: geometric mean, and the worst row",
        head,
        *(
            f"{each.group:34} {each.direction:8} {each.peer:<12} {each.rows:5} {each.mean:6.2f} "
            f"{each.least:6.2f}"
            for each in summaries
        ),
    ]


def _loss_lines(results: Results) -> list[str]:
    losses = results.losses()
    if not results.peers():
        return []
    if not losses:
        return ["no row loses to any peer"]
    return [
        f"rows that lose to a peer: {len(losses)}",
        *(
            f"{loss.title:{_TITLE}} {loss.direction:8} {loss.peer:<12} {loss.ratio:6.2f}"
            for loss in losses
        ),
    ]


def _thread_lines(found: Sequence[ThreadScaling]) -> list[str]:
    if not found:
        return []
    return [
        "all threads against one",
        *(
            f"{each.title:{_TITLE}} {each.direction:8} {each.threads:3} threads "
            f"{each.ratio:6.2f} times as fast"
            for each in found
        ),
    ]


def _batch_lines(found: Sequence[BatchScaling]) -> list[str]:
    if not found:
        return []
    lines = ["milliseconds an example, and MiB of workspace, by the batch's size"]
    for each in found:
        steps = zip(each.batch, each.seconds_an_example, each.workspace, strict=True)
        shown = "".join(
            f"   N={N}: {1e3 * seconds:.3f} ms, {size / 2**20:.1f} MiB"
            for N, seconds, size in steps
        )
        lines.append(f"{each.title:{_TITLE}} {each.direction:8}{shown}")
    return lines


def _training_lines(found: Iterable[TrainingStep]) -> list[str]:
    lines = []
    for each in found:
        beside = "" if each.ratio is None else f"   × torch {each.ratio:.2f}"
        lines.append(
            f"{each.network:12} batch {each.batch:<4} {1e3 * each.seconds:9.2f} ms a step{beside}"
        )
    return ["training steps", *lines] if lines else []


def _start_up_lines(found: Sequence[StartUp]) -> list[str]:
    return [
        *(["start-up of a new process, seconds"] if found else []),
        *(
            f"{each.cache} cache: import {each.importing:.2f}, first calls {each.calls:.2f} "
            f"(forward {each.forward:.2f}, backward {each.backward:.2f})"
            for each in found
        ),
    ]
