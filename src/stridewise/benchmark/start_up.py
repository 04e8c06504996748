"""How long a new process waits for its first results: with an empty cache, and with a full one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from stridewise.engines import engine_info
from stridewise.errors import StridewiseError, explain

__all__ = ["StartUp", "start_up"]

_PROGRAM = """
import json, time
began = time.perf_counter()
import stridewise as sw
imported = time.perf_counter()
import numpy as np
x = np.ones((1, 56, 56, 64), np.float32)
weight = np.ones((3, 3, 64, 64), np.float32)
prepared = time.perf_counter()
y = sw.conv2d(x, weight, weight[0, 0, 0], padding=1)
forward = time.perf_counter()
sw.conv2d_backward(y, x, weight, padding=1)
backward = time.perf_counter()
print(json.dumps([imported - began, forward - prepared, backward - forward]))
"""


@dataclass(frozen=True)
class StartUp:
    """Seconds of a fresh process.

    Attributes
    ----------
    cache : "empty" or "filled"
        What the process found on disk: nothing, or what the one before had compiled.
    importing : float
        ``import stridewise``, NumPy in it.
    forward, backward : float
        The first call of a convolution of common size, 56×56, 64 → 64, 3×3.
    """

    cache: str
    importing: float
    forward: float
    backward: float

    @property
    def calls(self) -> float:
        """First forward and first backward."""
        return self.forward + self.backward


def start_up() -> list[StartUp]:
    """Start two processes on a cache of their own, one after the other."""
    found = []
    with tempfile.TemporaryDirectory(prefix="stridewise-bench-") as folder:
        own = {"STRIDEWISE_CACHE": folder, "STRIDEWISE_ENGINE": engine_info().in_use}
        for cache in ("empty", "filled"):
            ran = subprocess.run(
                [sys.executable, "-c", _PROGRAM],
                env=os.environ | own,
                capture_output=True,
                text=True,
                check=False,
            )
            if ran.returncode:
                raise _failed(ran.stderr)
            found.append(StartUp(cache, *json.loads(ran.stdout)))
    return found


def _failed(said: str) -> StridewiseError:
    last = said.strip().splitlines()[-1] if said.strip() else "nothing"
    return StridewiseError(
        explain(
            "bench",
            "a new process could not run a convolution.",
            needed="`import stridewise`, one forward and one backward call",
            received=last,
            hint=f"{sys.executable} -c 'import stridewise'",
        )
    )
