"""The machine line: without it a time means nothing."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import stridewise
from stridewise.benchmark.peers import Peer
from stridewise.benchmark.threads import all_threads
from stridewise.engines import engine_info

__all__ = ["Machine", "describe_machine", "processor_name"]

# Libraries whose threads wait for one another suffer most from a core that is not theirs alone.
_QUIET = 0.5


@dataclass(frozen=True)
class Machine:
    """Where it was measured.

    Attributes
    ----------
    processor, system : str
    cores : int
        Which this process may use.
    threads : int
        Which Stridewise and every peer may use.
    load : float or None
        How many threads of others ran in the minute before; None where the system does not tell.
    engine : str
    versions : dict of str to str
        Of all that was measured.
    """

    processor: str
    system: str
    cores: int
    threads: int
    load: float | None
    engine: str
    versions: dict[str, str]

    def __str__(self) -> str:
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        load = "" if self.load is None else f", load {self.load:.1f} before"
        lines = [
            f"{self.processor}, cores: {self.cores}, threads: {self.threads}, {self.system}{load}",
            f"engine {self.engine}; {versions}",
        ]
        if self.load is not None and self.load > _QUIET:
            lines.append("other programs were running: measure again on a quiet machine")
        return "\n".join(lines)


def describe_machine(threads: int, peers: Sequence[type[Peer]]) -> Machine:
    """Ask the system."""
    versions = {
        "stridewise": stridewise.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    versions |= {peer.name: peer.version() for peer in peers}
    system = f"{platform.system()} {platform.machine()}"
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    engine = engine_info().in_use
    return Machine(processor_name(), system, all_threads(), threads, load, engine, versions)


def processor_name(facts: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name, as well as this system tells it."""
    if sys.platform == "linux":
        try:
            lines = facts.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        pairs = [line.partition(":") for line in lines]
        names = [value.strip() for key, _, value in pairs if key.strip() == "model name"]
        if names:
            return names[0]
    return platform.processor() or platform.machine()
