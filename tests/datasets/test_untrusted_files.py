import os
from pathlib import Path

import pytest

from stridewise.datasets.untrusted_files import (
    MAX_BYTES,
    as_path,
    parsing,
    require_bounded,
    require_file,
)
from stridewise.errors import DataError, OptionTypeError

FILE = Path("some.file")


@pytest.mark.parametrize("wrong", [None, 7, b"bytes"])
def test_not_a_path(wrong):
    with pytest.raises(OptionTypeError, match=r"a string or a pathlib.Path"):
        as_path("demo", wrong)


@pytest.mark.parametrize("name", ["missing", "nul\0byte"])
def test_missing_file(tmp_path, name):
    with pytest.raises(DataError, match="demo: there is no such file"):
        require_file("demo", tmp_path / name)


def test_folder_is_not_a_file(tmp_path):
    with pytest.raises(DataError, match="which is a folder"):
        require_file("demo", tmp_path)


def test_device_is_not_a_file():
    with pytest.raises(DataError, match="there is no such file"):
        require_file("demo", os.devnull)


def test_bound_is_exact():
    require_bounded("demo", FILE, "images", (MAX_BYTES // 8, 2), 1)
    with pytest.raises(DataError, match=r"at most 2,147,483,648 bytes(.|\n)*2,147,483,656 bytes"):
        require_bounded("demo", FILE, "images", (MAX_BYTES // 8 + 1, 2), 1)


def test_wide_items_count_in_full():
    with pytest.raises(DataError, match="too large"):
        require_bounded("demo", FILE, "images", (MAX_BYTES // 8 + 1,), 8)


def test_claims_do_not_overflow():
    with pytest.raises(DataError, match="too large"):
        require_bounded("demo", FILE, "images", (2**62, 2**62), 1)


@pytest.mark.parametrize("shape", [(0, 2**70), (3, -1)])
def test_empty_claims(shape):
    with pytest.raises(DataError, match="`images` is empty"):
        require_bounded("demo", FILE, "images", shape, 1)


def test_parser_faults_are_translated():
    with (
        pytest.raises(DataError, match=r"the image cannot be read(.|\n)*MemoryError: too deep"),
        parsing("demo", FILE, "image"),
    ):
        raise MemoryError("too\n  deep")


def test_own_errors_pass_as_they_are():
    own = DataError("mine")
    with pytest.raises(DataError) as caught, parsing("demo", FILE, "image"):
        raise own
    assert caught.value is own


def test_interrupts_pass():
    with pytest.raises(KeyboardInterrupt), parsing("demo", FILE, "image"):
        raise KeyboardInterrupt
