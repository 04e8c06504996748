"""Ask Linux to close all files to this process but a few: Landlock, which needs no privilege.

For where namespaces are not allowed: inside most containers.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["enclose"]

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_ASK_VERSION, _BENEATH = 1, 1
_NO_NEW_PRIVILEGES = 38
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE  # a rule of a file may name no more
_LEAST = 3  # before, a file could still be cut to nothing
_ALL = (1 << 15) - 1


def enclose(readable: Iterable[str], listed: Iterable[str], writable: Iterable[str]) -> bool:
    """Allow no more than these from here on; False where this system cannot.

    Parameters
    ----------
    readable : paths
        Files, and folders with all that is in them.
    listed : paths
        Folders whose names can be seen, and nothing else of them.
    writable : paths
        Files, and folders in which everything is allowed.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION) < _LEAST:
        return False
    handled = struct.pack("=Q", _ALL)
    rules = libc.syscall(_CREATE, handled, ctypes.c_size_t(len(handled)), 0)
    allowed = [(path, _EXECUTE | _READ | _LIST) for path in readable]
    allowed += [(path, _LIST) for path in listed]
    allowed += [(path, _ALL) for path in writable]
    for path, access in allowed:
        descriptor = os.open(path, os.O_PATH)
        rule = struct.pack("=Qi", access if Path(path).is_dir() else access & _OF_FILES, descriptor)
        libc.syscall(_ADD, rules, _BENEATH, rule, 0)  # one that fails allows less, not more
        os.close(descriptor)
    zero = ctypes.c_ulong(0)
    libc.prctl(_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), zero, zero, zero)
    done = libc.syscall(_RESTRICT, rules, 0) == 0
    os.close(rules)
    return bool(done)
