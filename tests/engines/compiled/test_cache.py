"""Compiled code on disk: found again, never trusted when it is damaged, never missed."""

import dataclasses
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from stridewise.engines import kernel_cache
from stridewise.engines.compiled.code import compiler
from stridewise.engines.compiled.code.target import host
from tests.engines.compiled.processes import ROOT, run_python

KEY, OTHER = "0123456789abcdef" * 2, "f" * 32
CODE = b"not really machine code" * 9

# One convolution on one thread: one kernel. Says how much was compiled, and whether it is right.
PROGRAM = """
import numpy as np
from stridewise.engines import use_engine
from stridewise.engines.compiled.code import compiler
from stridewise import conv2d, set_num_threads
compiled, real = [], compiler._optimised
compiler._optimised = lambda *given: compiled.append(1) or real(*given)
set_num_threads(1)
x = np.arange(2 * 5 * 6 * 3, dtype=np.float32).reshape(2, 5, 6, 3) % 7
weight = np.arange(3 * 3 * 3 * 4, dtype=np.float32).reshape(3, 3, 3, 4) % 5
with use_engine("compiled"):
    y = conv2d(x, weight, padding=1)
with use_engine("loops"):
    print(len(compiled), (y == conv2d(x, weight, padding=1)).all())
"""


def convolve(folder):
    """Kernels that were compiled, by a process with this cache."""
    said = run_python("-c", PROGRAM, STRIDEWISE_CACHE=str(folder)).split()
    assert said[1] == "True"
    return int(said[0])


def build(module, number):
    """A kernel that stores a number."""
    with module.function(module.symbol, compiler.SIGNATURE) as (_, ints, *_rest):
        ints.store(ints[0] * 0 + number)


def kept(folder):
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.fixture
def compiled_anew(empty_cache):
    """Compile as a new process would; gives the number of objects that are kept then."""

    def again(build, *sizes):
        compiler.kernel.cache_clear()
        compiler.kernel(build, *sizes)
        return len(kept(empty_cache))

    return again


def test_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("STRIDEWISE_CACHE", str(tmp_path / "own"))
    assert kernel_cache.folder() == tmp_path / "own"
    monkeypatch.delenv("STRIDEWISE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert kernel_cache.folder() == tmp_path / "xdg" / "stridewise" / "kernels"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "windows"))
    assert kernel_cache.folder() == tmp_path / "windows" / "stridewise" / "kernels"
    monkeypatch.delenv("LOCALAPPDATA")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert kernel_cache.folder() == tmp_path / ".cache" / "stridewise" / "kernels"


def test_what_is_written_is_read(empty_cache):
    assert kernel_cache.read(KEY) is None
    assert kernel_cache.size() == (0, 0)
    kernel_cache.write(KEY, CODE)
    assert kernel_cache.read(KEY) == CODE
    number, size = kernel_cache.size()
    assert number == 1
    assert len(CODE) < size < len(CODE) + 100
    assert kept(empty_cache) == {KEY}


def test_a_dtype_a_size_a_target_or_a_source_has_its_own(compiled_anew, monkeypatch):
    assert compiled_anew(build, "float32", 1) == 1
    assert compiled_anew(build, "float32", 1) == 1
    assert compiled_anew(build, "float64", 1) == 2
    assert compiled_anew(build, "float64", 2) == 3
    monkeypatch.setattr(compiler, "_sources", lambda: "changed")
    assert compiled_anew(build, "float64", 2) == 4
    older = dataclasses.replace(host(), features="")
    monkeypatch.setattr(compiler, "host", lambda: older)
    assert compiled_anew(build, "float64", 2) == 5
    monkeypatch.setattr(compiler.llvmlite, "__version__", "0.0.1")
    assert compiled_anew(build, "float64", 2) == 6


def test_the_digest_of_the_sources_covers_all_of_them(monkeypatch):
    package = Path(compiler.__file__).parents[1]
    read = []
    real = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or real(path))
    compiler._sources.__wrapped__()
    assert set(read) == set(package.rglob("*.py"))
    assert package.name == "compiled"


def test_builders_of_one_name_in_two_modules(compiled_anew):
    def other(module, number):
        build(module, number + 1)

    other.__qualname__, other.__module__ = build.__qualname__, "elsewhere"
    assert compiled_anew(build, "float32", 1) == 1
    assert compiled_anew(other, "float32", 1) == 2


def test_a_second_process_compiles_nothing(tmp_path):
    assert convolve(tmp_path) >= 1
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert convolve(tmp_path) == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


DAMAGES = {
    "empty": lambda content: b"",
    "cut": lambda content: content[:-1],
    "only a checksum": lambda content: content[:32],
    "one bit": lambda content: content[:500] + bytes([content[500] ^ 1]) + content[501:],
    "longer": lambda content: content + b"\0",
    "noise": lambda content: os.urandom(len(content)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_object_is_none(empty_cache, damage):
    kernel_cache.write(KEY, CODE * 9)
    path = empty_cache / KEY
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert kernel_cache.read(KEY) is None
    kernel_cache.write(KEY, CODE)
    assert kernel_cache.read(KEY) == CODE


def test_an_object_of_another_key_is_none(empty_cache):
    kernel_cache.write(KEY, CODE)
    (empty_cache / KEY).rename(empty_cache / OTHER)
    assert kernel_cache.read(OTHER) is None


def test_a_folder_in_the_place_of_an_object_is_none(empty_cache):
    (empty_cache / KEY).mkdir(parents=True)
    assert kernel_cache.read(KEY) is None
    kernel_cache.write(KEY, CODE)
    assert kernel_cache.read(KEY) is None
    assert kept(empty_cache) == {KEY}


def test_damaged_objects_are_compiled_again(tmp_path):
    number = convolve(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-7])
    assert convolve(tmp_path) == number
    assert convolve(tmp_path) == 0


def test_a_file_in_the_place_of_the_folder(tmp_path):
    place = tmp_path / "file"
    place.write_text("mine")
    assert convolve(place) >= 1
    assert convolve(place / "below") >= 1
    assert place.read_text() == "mine"


def no_permission(*args, **kwargs):
    raise PermissionError(13, "Permission denied")


UNWRITABLE = {
    "a folder that cannot be made": (Path, "mkdir"),
    "a folder that is read-only": (tempfile, "mkstemp"),
    "a full disk": (os, "fdopen"),
    "a file that cannot be moved": (Path, "replace"),
}


@pytest.mark.parametrize("where", UNWRITABLE)
def test_what_cannot_be_written_is_not_missed(empty_cache, monkeypatch, compiled_anew, where):
    if where != "a folder that cannot be made":
        empty_cache.mkdir()
    monkeypatch.setattr(*UNWRITABLE[where], no_permission)
    kernel_cache.write(KEY, CODE)
    assert kernel_cache.read(KEY) is None
    assert kept(empty_cache) == set()  # and nothing half-written stays
    assert compiled_anew(build, "float32", 7) == 0
    numbers = np.zeros(1, np.int64)
    compiler.kernel(build, "float32", 7).call(numbers.ctypes.data, *[0] * 8)
    assert numbers[0] == 7


def test_without_a_home_nothing_is_kept(monkeypatch):
    for name in ("STRIDEWISE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)

    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    kernel_cache.write(KEY, CODE)
    assert kernel_cache.read(KEY) is None
    assert kernel_cache.size() == (0, 0)
    kernel_cache.clear()


def test_eight_processes_compile_the_same_at_once(tmp_path):
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROGRAM],
            cwd=ROOT,
            env={**os.environ, "STRIDEWISE_CACHE": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for process in started:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out.split()[1] == "True"
    assert not [name for name in kept(tmp_path) if name.startswith(".new")]
    assert convolve(tmp_path) == 0


def test_the_oldest_go_beyond_the_bound(empty_cache, monkeypatch):
    newest, newer, older, last, after = (number * 32 for number in "12345")
    one = len(CODE) + 32
    monkeypatch.setattr(kernel_cache, "_MOST_BYTES", 3 * one)
    for age, key in enumerate([newest, newer, older]):
        kernel_cache.write(key, CODE)
        os.utime(empty_cache / key, (1e9 - age, 1e9 - age))
    kernel_cache.write(last, CODE)
    assert kept(empty_cache) == {newest, newer, last}
    os.utime(empty_cache / newest, (1, 1))
    kernel_cache.write(after, CODE)
    assert kept(empty_cache) == {newer, last, after}
    assert kernel_cache.size() == (3, 3 * one)


def test_an_object_beyond_the_bound_harms_nobody(empty_cache, monkeypatch):
    monkeypatch.setattr(kernel_cache, "_MOST_BYTES", 10)
    kernel_cache.write(KEY, CODE)
    assert kernel_cache.read(KEY) is None
    assert kernel_cache.size() == (0, 0)


def test_what_else_is_in_the_folder_is_left_alone(empty_cache, monkeypatch):
    """Someone may point the variable at a folder that has other things in it."""
    empty_cache.mkdir()
    (empty_cache / "thesis.txt").write_text("years of work")
    os.utime(empty_cache / "thesis.txt", (1, 1))
    (empty_cache / "photos").mkdir()
    monkeypatch.setattr(kernel_cache, "_MOST_BYTES", 10)
    kernel_cache.write(KEY, CODE)
    monkeypatch.undo()
    monkeypatch.setenv("STRIDEWISE_CACHE", str(empty_cache))
    kernel_cache.write(OTHER, CODE)
    assert kernel_cache.size() == (1, len(CODE) + 32)
    kernel_cache.clear()
    assert kept(empty_cache) == {"thesis.txt", "photos"}


def test_files_that_were_never_finished_go_too(empty_cache):
    kernel_cache.write(KEY, CODE)
    handle, _ = tempfile.mkstemp(dir=empty_cache, prefix=".new-")
    os.close(handle)
    kernel_cache.clear()
    assert not empty_cache.exists()


def test_clear(empty_cache):
    kernel_cache.clear()  # there is nothing yet
    kernel_cache.write(KEY, CODE)
    kernel_cache.write(OTHER, CODE)
    kernel_cache.clear()
    assert kernel_cache.size() == (0, 0)
    kernel_cache.write(KEY, CODE)
    assert kernel_cache.read(KEY) == CODE
