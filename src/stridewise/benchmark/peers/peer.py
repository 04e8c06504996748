"""What a peer is: a library that may have the operation too."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from stridewise.arrays import Array
from stridewise.benchmark.problem import ConvProblem, Direction, PoolProblem, Problem
from stridewise.benchmark.timing import Call

__all__ = ["Peer", "Rival"]


class Rival(NamedTuple):
    """How a peer solves one problem.

    Attributes
    ----------
    call : callable
        What is timed: from inputs that are already in the peer's layout to a finished result.
    read : callable
        Takes what ``call`` returns, and gives the arrays as Stridewise would; not timed.
    """

    call: Call
    read: Callable[[Any], tuple[Array, ...]]


class Peer(ABC):
    """A library, imported when it is first asked for a problem.

    Attributes
    ----------
    name : str
        As it is asked for: ``--peers torch``.
    packages : tuple of str
        What it needs; they have the same names where they are installed from.
    """

    name: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]

    def __init__(self, threads: int) -> None:
        self.threads = threads

    @classmethod
    def is_installed(cls) -> bool:
        """Whether it can be imported."""
        return all(importlib.util.find_spec(package) is not None for package in cls.packages)

    @classmethod
    def version(cls) -> str:
        """Its version, empty if it is not installed."""
        if not cls.is_installed():
            return ""
        try:
            return importlib.metadata.version(cls.packages[0])
        except importlib.metadata.PackageNotFoundError:  # imported from a folder of sources
            return "of unknown version"

    @classmethod
    def install_command(cls) -> str:
        """What installs it."""
        return f"pip install {' '.join(cls.packages)}"

    def rival(self, problem: Problem, direction: Direction) -> Rival | None:
        """Give the way to solve a problem, or None if the library does not have the operation."""
        return self.forward(problem) if direction == "forward" else self.backward(problem)

    def forward(self, problem: Problem) -> Rival | None:
        """From the input to the output."""
        if isinstance(problem, ConvProblem):
            return self.convolution(problem)
        return self.pooling(problem)

    @abstractmethod
    def convolution(self, problem: ConvProblem) -> Rival | None:
        """Forward, with bias."""

    @abstractmethod
    def pooling(self, problem: PoolProblem) -> Rival | None:
        """Forward."""

    def backward(self, problem: Problem) -> Rival | None:  # noqa: ARG002 - peers' business
        """All gradients, from the output's gradient; most libraries only run forward."""
        return None
