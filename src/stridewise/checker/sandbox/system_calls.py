"""Ask Linux to refuse what no exercise needs: programs, threads, signals, sockets, mounts.

A seccomp filter needs no privilege, holds for root too, and cannot be taken off again. It is
known for x86-64 and AArch64; elsewhere :func:`refuse` says that it did nothing.
"""

from __future__ import annotations

import ctypes
import platform
import struct

__all__ = ["refuse"]

# Name: its numbers on x86-64 and on AArch64, 0 where there is none.
_REFUSED = {
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chmod": (90, 0),
    "chown": (92, 0),
    "chroot": (161, 51),
    "clone": (56, 220),
    "clone3": (435, 435),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchownat": (260, 54),
    "fork": (57, 0),
    "fsopen": (430, 430),
    "futimesat": (261, 0),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "kill": (62, 129),
    "lchown": (94, 0),
    "lremovexattr": (198, 15),
    "lsetxattr": (189, 6),
    "memfd_create": (319, 279),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "prlimit64": (302, 261),  # of another process, too
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "removexattr": (197, 14),
    "request_key": (249, 218),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "sched_setaffinity": (203, 122),
    "semget": (64, 190),
    "setns": (308, 268),
    "setpriority": (141, 140),
    "setrlimit": (160, 164),
    "setxattr": (188, 5),
    "shmget": (29, 194),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "tgkill": (234, 131),
    "tkill": (200, 130),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "utime": (132, 0),
    "utimensat": (280, 88),
    "utimes": (235, 0),
    "vfork": (58, 0),
}
_COLUMN = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # classic BPF
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000  # EPERM is 1
_OTHER_ABI = 0x40000000  # x32 has numbers of its own
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse() -> bool:
    """Refuse them from here on, with EPERM; False where this system cannot."""
    if platform.system() != "Linux" or platform.machine() not in _COLUMN:
        return False
    column, architecture = _COLUMN[platform.machine()]
    numbers = [each[column] for each in _REFUSED.values() if each[column]]
    code = _instructions(numbers, architecture)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    libc.prctl(_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), zero, zero, zero)
    return bool(libc.prctl(_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(program)) == 0)


def _instructions(numbers: list[int], architecture: int) -> bytes:
    last = len(numbers) + 1  # "refuse" is the last but one, after "allow"
    lines = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, last, 0, _OTHER_ABI),
        *((_EQUAL, last - 1 - i, 0, number) for i, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
