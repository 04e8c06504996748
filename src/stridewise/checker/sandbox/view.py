"""What a program can see: Python, its standard library and NumPy, read-only."""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["FOLDER", "PACKAGES", "bubblewrap", "interpreter", "openable", "packages", "view"]

PACKAGES = "/packages"
FOLDER = "/program"
_FILES = (
    "child",
    "wire",
    "confine",
    "bounds",
    "landlock",
    "system_calls",
    "stand_ins",
)  # and no solutions
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")
_SMALL = ("/etc/ld.so.cache", "/etc/alternatives", "/dev/null", "/dev/zero", "/dev/urandom")


def interpreter() -> str:
    """Return Python itself, not the link to it that a virtual environment has."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def packages() -> list[tuple[str, str]]:
    """Name NumPy's folders, and the paths where they are."""
    package = Path(np.__file__).resolve().parent
    libraries = package.with_name("numpy.libs")  # what its wheels bring
    return [(each.name, str(each)) for each in (package, libraries) if each.is_dir()]


@cache
def view() -> dict[str, Any]:
    """Return what :func:`confine.enter` shows."""
    roots = [str(Path(sys.base_prefix, "lib").resolve()), sysconfig.get_path("stdlib")]
    roots += [each for each in _LIBRARIES if Path(each).is_dir() and not Path(each).is_symlink()]
    visible = [each for each in dict.fromkeys(roots) if not _inside(each, roots)]
    small = [each for each in _SMALL if Path(each).exists()]
    here = Path(__file__).resolve().parent
    return {
        "binds": [
            *((each, each) for each in [*visible, *small, interpreter()]),
            *((path, f"{PACKAGES}/{name}") for name, path in packages()),
            *((str(here / f"{name}.py"), f"{FOLDER}/{name}.py") for name in _FILES),
        ],
        "links": [
            (each, str(Path(each).readlink())) for each in _LIBRARIES if Path(each).is_symlink()
        ],
        "covers": [each for each in _installed() if _inside(each, visible)],
        "folder": FOLDER,
    }


def bubblewrap(program: str) -> list[str]:
    """Return the command that shows the same by ``bwrap``."""
    shown = view()
    command = [program, "--unshare-all", "--die-with-parent", "--new-session"]
    command += ["--cap-drop", "ALL", "--tmpfs", "/"]
    for link, target in shown["links"]:
        command += ["--symlink", target, link]
    for source, target in shown["binds"]:
        command += ["--dev-bind" if source.startswith("/dev/") else "--ro-bind", source, target]
    for folder in shown["covers"]:
        command += ["--tmpfs", folder]
    return [*command, "--tmpfs", "/tmp", "--remount-ro", "/", "--chdir", "/tmp", "--"]


@cache
def openable() -> dict[str, list[str]]:
    """Return the same for :func:`landlock.enclose`, which can close nothing within a folder."""
    shown = view()
    readable, listed = list[str](), list[str]()
    for source, _ in shown["binds"]:
        _around(source, shown["covers"], readable, listed)
    return {"readable": readable, "listed": listed}


def _around(path: str, covers: list[str], readable: list[str], listed: list[str]) -> None:
    if not any(Path(cover).is_relative_to(path) for cover in covers):
        readable.append(path)
    elif path not in covers:
        listed.append(path)
        for each in sorted(Path(path).iterdir()):
            _around(str(each), covers, readable, listed)


def _installed() -> list[str]:
    """Name the folders that packages are installed in, Stridewise among them."""
    stdlib = Path(sysconfig.get_path("stdlib"))
    folders = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")]
    for base in (
        stdlib,
        *(Path(each, "python3") for each in ("/usr/lib", sys.base_prefix + "/lib")),
    ):
        folders += [base / "site-packages", base / "dist-packages"]
    folders.append(Path(__file__).resolve().parents[3])
    return list(dict.fromkeys(str(each.resolve()) for each in folders if each.is_dir()))


def _inside(path: str, roots: list[str]) -> bool:
    return any(path != root and Path(path).is_relative_to(root) for root in roots)
