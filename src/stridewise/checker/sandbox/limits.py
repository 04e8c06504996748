"""What a learner's program may use."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """What a program may use.

    Attributes
    ----------
    call_seconds : float
        For one call, and for the program's own lines.
    file_seconds : float
        For all calls together.
    memory, file_size : int
        In bytes: the address space, and each file that it writes.
    restarts : int
        How often a process may be started again, after one did not survive a call.
    """

    call_seconds: float = 5.0
    file_seconds: float = 60.0
    memory: int = 2 * 1024**3
    file_size: int = 10 * 1024**2
    restarts: int = 12
