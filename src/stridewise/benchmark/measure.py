"""Measure one problem in one direction: Stridewise, and every peer that has the operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stridewise.benchmark import ours
from stridewise.benchmark.checking import check_rival
from stridewise.benchmark.peers import Peer
from stridewise.benchmark.problem import Direction, Problem
from stridewise.benchmark.timing import medians
from stridewise.benchmark.workspace import workspace

__all__ = ["Effort", "Row", "measure"]


@dataclass(frozen=True)
class Effort:
    """How patiently to time.

    Attributes
    ----------
    rounds : int
        Of which the median is taken.
    least_seconds : float
        How long a call is repeated within a round.
    """

    rounds: int = 7
    least_seconds: float = 0.02


@dataclass(frozen=True)
class Row:
    """What was measured of a problem.

    Attributes
    ----------
    set, group, title : str
        Which row of which table; what kind; what it is.
    direction : "forward" or "backward"
    operations, traffic : int
        What the definition computes, whatever algorithm did, and the bytes that pass at least.
    multiplies : bool
        Whether multiply-adds are what it does; a pooling has no share of their peak.
    seconds : float
        Of Stridewise.
    workspace : int
        Bytes beside arguments and results.
    peers : dict of str to float
        Seconds of every peer that has the operation.
    """

    set: str
    group: str
    title: str
    direction: Direction
    operations: int
    traffic: int
    multiplies: bool
    seconds: float
    workspace: int
    peers: dict[str, float]

    @property
    def rate(self) -> float:
        """Operations a second."""
        return self.operations / self.seconds

    def ratio(self, peer: str) -> float | None:
        """How often Stridewise finishes while the peer runs once; None without the operation."""
        taken = self.peers.get(peer)
        return None if taken is None else taken / self.seconds

    def share(self, peak: float | None) -> float | None:
        """Share of a rate of multiply-adds; above 1 where an algorithm saves some of them."""
        return self.rate / peak if peak and self.multiplies else None


def measure(
    problem: Problem, direction: Direction, peers: Mapping[str, Peer], effort: Effort
) -> Row:
    """Check every rival once, then time all of them in turn.

    Raises
    ------
    DisagreementError
        If a peer computes something else; names the peer and the problem.
    """
    call = ours.call(problem, direction)
    mine = call()
    rivals = {}
    for name, peer in peers.items():
        rival = peer.rival(problem, direction)
        if rival is not None:
            check_rival(name, problem, direction, mine, rival)
            rivals[name] = rival.call
    del mine
    used = workspace(call)
    seconds = medians([call, *rivals.values()], effort.rounds, effort.least_seconds)
    return Row(
        *(problem.set, problem.group, problem.title, direction),
        *(problem.operations(direction), problem.traffic(direction), problem.has_weight),
        *(seconds[0], used, dict(zip(rivals, seconds[1:], strict=True))),
    )
