"""Move this process to a place of its own: an empty file tree, no network, no other processes.

Linux's user namespaces, without a program's help. It has to happen before NumPy is imported, in
a process with one thread.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["die_with_parent", "enter"]

# NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NAMESPACES = 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_READ_ONLY, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 0x1, 0x20, 0x1000, 0x4000, 0x40000
_NO_SETUID, _NO_DEVICES = 0x2, 0x4
_DETACH = 2
_PARENT_DEATH, _NO_NEW_PRIVILEGES, _KILL = 1, 38, 9
# A remount has to repeat what the original forbids: statvfs's bit, and mount's.
_KEPT = {2: 0x2, 4: 0x4, 8: 0x8, 1024: 0x400, 2048: 0x800, 4096: 0x200000}
_CAPABILITIES_VERSION = 0x20080522
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


def die_with_parent() -> None:
    """Let this process be killed when the one that started it ends."""
    if sys.platform == "linux":
        _libc().prctl(_PARENT_DEATH, ctypes.c_ulong(_KILL))


def enter(root: str, view: Mapping[str, Any]) -> None:
    """Leave everything behind but ``view``; OSError where it is not allowed.

    Parameters
    ----------
    root : str
        An empty folder, on which the new tree is built.
    view : mapping
        What is visible, read-only: "binds" (pairs of source and target), "links" (pairs of link
        and target) and "covers" (folders of these that are empty instead).
    """
    user, group = os.getuid(), os.getgid()
    _call("unshare", _NAMESPACES)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount("none", "/", "", _RECURSIVE | _PRIVATE)
    _tmpfs(root, "16m")
    for link, target in view["links"]:
        Path(root + link).symlink_to(target)
    for source, target in view["binds"]:
        _show(source, root + target)
    for folder in view["covers"]:
        _tmpfs(root + folder, "64k")
    _tmpfs(_folder(root + "/tmp"), "32m")
    _mount("none", root, "", _REMOUNT | _BIND | _READ_ONLY | _NO_SETUID | _NO_DEVICES)
    os.chdir(root)
    if _libc().syscall(ctypes.c_long(_PIVOT_ROOT[os.uname().machine]), b".", b"."):
        raise _error("pivot_root")
    _call("umount2", b".", _DETACH)
    os.chdir("/tmp")
    # The first process of the namespace ends it, with all that is in it.
    _continue_in_a_child()
    _continue_in_a_child()
    _give_up_capabilities()


def _show(source: str, target: str) -> None:
    if Path(source).is_dir():
        _folder(target)
    else:
        _folder(str(Path(target).parent))
        Path(target).touch()
    _mount(source, target, "", _BIND | _RECURSIVE)
    kept = sum(mount for bit, mount in _KEPT.items() if os.statvfs(target).f_flag & bit)
    _mount("none", target, "", _REMOUNT | _BIND | _READ_ONLY | kept)


def _folder(path: str) -> str:
    Path(path).mkdir(parents=True, exist_ok=True)
    return path


def _tmpfs(path: str, size: str) -> None:
    _mount("tmpfs", path, "tmpfs", _NO_SETUID | _NO_DEVICES, f"size={size},nr_inodes=4096")


def _continue_in_a_child() -> None:
    child = os.fork()
    if not child:
        die_with_parent()
        return
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _give_up_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    _call("prctl", _NO_NEW_PRIVILEGES, *map(ctypes.c_ulong, (1, 0, 0, 0)))
    _call("capset", header, (ctypes.c_uint32 * 6)())


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    texts: Iterable[bytes] = (each.encode() for each in (source, target, kind))
    _call("mount", *texts, ctypes.c_ulong(flags), data.encode())


def _call(name: str, *arguments: Any) -> None:
    if getattr(_libc(), name)(*arguments):
        raise _error(name)


def _error(name: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{name}: {os.strerror(number)}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
