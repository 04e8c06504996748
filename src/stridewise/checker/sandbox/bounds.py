"""Bound what this process may use: memory, processor time, files, processes."""

from __future__ import annotations

import os
from collections.abc import Mapping

try:
    import resource
except ImportError:
    _AVAILABLE = False  # Windows has none
else:
    _AVAILABLE = True

__all__ = ["set_bounds"]

_OPEN_FILES = 64


def set_bounds(limits: Mapping[str, int]) -> list[str]:
    """Set what this system has, and name it."""
    if not _AVAILABLE:
        return []
    bounds = {
        "memory": (resource.RLIMIT_AS, limits["memory"]),
        "cpu": (resource.RLIMIT_CPU, limits["cpu"]),
        "files": (resource.RLIMIT_FSIZE, limits["file_size"]),
    }
    on = [name for name, (which, most) in bounds.items() if _bound(which, most)]
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_NOFILE, _OPEN_FILES)
    # None further: the bound counts what the user has already. It does not hold for root.
    if _bound(resource.RLIMIT_NPROC, 0) and os.getuid() != 0:
        on.append("processes")
    return on


def _bound(which: int, most: int) -> bool:
    try:
        _, hard = resource.getrlimit(which)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))
    except (OSError, ValueError):  # macOS has no bound of the address space
        return False
    return True
