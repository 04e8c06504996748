"""A file is whole or not there: whatever fails, the old one stays and nothing is left over."""

import errno
import os
import resource
import stat
from pathlib import Path

import pytest

from stridewise.errors import RunError
from stridewise.training.atomic_file import write_atomically

FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "model.json"
    path.write_bytes(b"old")
    return path


def only_the_old_one_is_there(path):
    return [one.name for one in path.parent.iterdir()] == [
        path.name
    ] and path.read_bytes() == b"old"


def test_new_replaces_old(old):
    write_atomically(old, b"new and longer")
    assert old.read_bytes() == b"new and longer"
    assert list(old.parent.iterdir()) == [old]


def test_empty_files_can_be_written(tmp_path):
    write_atomically(tmp_path / "empty", b"")
    assert (tmp_path / "empty").read_bytes() == b""


def test_others_can_read_it(tmp_path):
    write_atomically(tmp_path / "file", b"x")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644


def test_it_is_on_the_disk_before_it_gets_its_name(old, monkeypatch):
    done = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(handle):
        done.append(("fsync", old.read_bytes()))
        fsync(handle)

    def watched_replace(path, target):
        done.append(("replace", path.read_bytes()))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    write_atomically(old, b"new")
    assert done == [("fsync", b"old"), ("replace", b"new")]


@pytest.mark.parametrize(
    ("owner", "name"), [(os, "fsync"), (Path, "replace"), (Path, "chmod"), (os, "fdopen")]
)
def test_a_failing_step(old, monkeypatch, owner, name):
    def fail(*arguments, **options):
        raise FULL

    monkeypatch.setattr(owner, name, fail)
    message = r"(?s)model\.json cannot be written.*3 bytes free.*OSError: No space left on device"
    with pytest.raises(RunError, match=message):
        write_atomically(old, b"new")
    assert only_the_old_one_is_there(old)


def test_a_disk_that_fills_up_while_writing(old):
    """A real one: the system refuses to let the file grow beyond 4 KiB."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(RunError, match=r"(?s)cannot be written.*50,000 bytes free.*too large"):
            write_atomically(old, b"x" * 50_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert only_the_old_one_is_there(old)


def test_ctrl_c_in_the_middle(old, monkeypatch):
    def interrupted(handle):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(old, b"new")
    assert only_the_old_one_is_there(old)


def test_a_place_below_a_file(old):
    with pytest.raises(RunError, match=r"(?s)x\.json cannot be written.*NotADirectoryError"):
        write_atomically(old / "x.json", b"new")
    assert only_the_old_one_is_there(old)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(RunError, match=r"(?s)x\.json cannot be written.*FileNotFoundError"):
        write_atomically(tmp_path / "none" / "x.json", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_that_name(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(RunError, match="taken cannot be written"):
        write_atomically(tmp_path / "taken", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
