"""The command that starts a process for a learner's program, in one of the ways to confine it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from stridewise.checker.sandbox import view
from stridewise.checker.sandbox.limits import Limits

__all__ = ["BRINGS", "START_SECONDS", "command", "environment", "subfolder"]

START_SECONDS = 30

# What holds without the process's own word for it.
BRINGS: dict[str, tuple[str, ...]] = {
    "bubblewrap": ("filesystem", "network"),
    "namespaces": ("filesystem", "network"),
    "landlock": ("filesystem",),
    "bare": (),
}
_MOUNTED = ("bubblewrap", "namespaces")  # where /tmp is its own
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_SYSTEM = ("SYSTEMROOT", "LD_LIBRARY_PATH")  # without which Python itself may not start


def command(way: str, limits: Limits, folder: str) -> list[str]:
    """Return the command that starts a process in one way; OSError where there is no such way."""
    settings: dict[str, Any] = {
        "way": way,
        "folder": str(Path(view.__file__).parent),
        "packages": view.PACKAGES,
        "limits": {
            "memory": limits.memory,
            "file_size": limits.file_size,
            "cpu": int(limits.file_seconds) + START_SECONDS,
        },
    }
    before: list[str] = []
    if way == "bubblewrap":
        program = shutil.which("bwrap")
        if program is None:
            raise FileNotFoundError("bwrap")
        before, settings["folder"] = view.bubblewrap(program), view.FOLDER
    elif way == "namespaces":
        if sys.platform != "linux":
            raise OSError("there are no namespaces")
        settings |= {"view": view.view(), "root": subfolder(folder, "root")}
    else:
        settings["packages"] = _linked(folder)
    if way == "landlock":
        opened = view.openable()
        readable = [*opened["readable"], settings["packages"]]
        settings["openable"] = {
            **opened,
            "readable": readable,
            "writable": [f"{folder}/work", os.devnull],
        }
    child = f"{settings['folder']}/child.py"
    python = [view.interpreter(), "-I", "-S", "-B", "-X", "utf8", child]
    return [*before, *python, json.dumps(settings)]


def _linked(folder: str) -> str:
    """Return a folder with NumPy alone, so that nothing beside it can be imported."""
    alone = Path(folder, "packages")
    alone.mkdir()
    try:
        for name, path in view.packages():
            (alone / name).symlink_to(path, target_is_directory=True)
    except OSError:  # Windows, to most of its users
        return str(Path(view.packages()[0][1]).parent)
    return str(alone)


def environment(way: str, folder: str) -> dict[str, str]:
    """Return the variables of a process: none of the user's, but what Python may need."""
    home = "/tmp" if way in _MOUNTED else f"{folder}/work"
    kept = {name: os.environ[name] for name in _SYSTEM if name in os.environ}
    folders = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), home)
    return kept | folders | dict.fromkeys(_THREADS, "1") | {"LANG": "C.UTF-8"}


def subfolder(folder: str, name: str) -> str:
    """Make a folder in a folder."""
    path = Path(folder, name)
    path.mkdir()
    return str(path)
