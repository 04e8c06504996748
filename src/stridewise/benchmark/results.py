"""All that one benchmark found, and its form as JSON."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stridewise.benchmark.machine import Machine
from stridewise.benchmark.measure import Row
from stridewise.benchmark.peak import Peak
from stridewise.benchmark.problem import CLASSES, Direction
from stridewise.benchmark.scaling import BatchScaling, ThreadScaling
from stridewise.benchmark.start_up import StartUp
from stridewise.benchmark.training_steps import TrainingStep

__all__ = ["DIRECTIONS", "ClassSummary", "Loss", "Results"]

DIRECTIONS: tuple[Direction, ...] = ("forward", "backward")


@dataclass(frozen=True)
class ClassSummary:
    """Ratios of one class beside one peer: above 1, Stridewise is the faster.

    Attributes
    ----------
    rows : int
        How many of them the peer has.
    mean, least : float
        Geometric mean, and the worst.
    """

    group: str
    direction: Direction
    peer: str
    rows: int
    mean: float
    least: float


@dataclass(frozen=True)
class Loss:
    """A row in which a peer is the faster."""

    title: str
    direction: Direction
    peer: str
    ratio: float


@dataclass(frozen=True)
class Results:
    """One run of the benchmark.

    Attributes
    ----------
    missing : dict of str to str
        Peers that are not installed, and what installs them.
    """

    machine: Machine
    peak: Peak
    missing: dict[str, str]
    rows: tuple[Row, ...]
    threads: tuple[ThreadScaling, ...] = ()
    batches: tuple[BatchScaling, ...] = ()
    training: tuple[TrainingStep, ...] = ()
    start_up: tuple[StartUp, ...] = ()

    def peers(self) -> list[str]:
        """Those that had at least one row."""
        return list(dict.fromkeys(peer for row in self.rows for peer in row.peers))

    def summaries(self) -> list[ClassSummary]:
        """Every class, direction and peer that has rows."""
        found = []
        for group in CLASSES:
            for direction in DIRECTIONS:
                rows = [r for r in self.rows if (r.group, r.direction) == (group, direction)]
                for peer in self.peers():
                    ratios = [ratio for row in rows if (ratio := row.ratio(peer)) is not None]
                    if ratios:
                        mean = math.exp(math.fsum(map(math.log, ratios)) / len(ratios))
                        found.append(
                            ClassSummary(group, direction, peer, len(ratios), mean, min(ratios))
                        )
        return found

    def losses(self) -> list[Loss]:
        """Every row that loses, the worst first."""
        found = [
            Loss(row.title, row.direction, peer, ratio)
            for row in self.rows
            for peer in row.peers
            if (ratio := row.ratio(peer)) is not None and ratio < 1
        ]
        return sorted(found, key=lambda loss: loss.ratio)

    def as_json(self) -> dict[str, Any]:
        """Plain data; seconds, bytes, and operations a second."""
        return {
            "machine": dataclasses.asdict(self.machine),
            "peak": dataclasses.asdict(self.peak),
            "missing_peers": self.missing,
            "rows": [self._row(row) for row in self.rows],
            "classes": _plain(self.summaries()),
            "losses": _plain(self.losses()),
            "threads": [dataclasses.asdict(e) | {"ratio": e.ratio} for e in self.threads],
            "batches": _plain(self.batches),
            "training": [dataclasses.asdict(e) | {"ratio": e.ratio} for e in self.training],
            "start_up": _plain(self.start_up),
        }

    def _row(self, row: Row) -> dict[str, Any]:
        ratios = {peer: row.ratio(peer) for peer in row.peers}
        share = row.share(self.peak.fma_all)
        return dataclasses.asdict(row) | {"ratios": ratios, "share_of_peak": share}


def _plain(found: Iterable[Any]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(each) for each in found]
