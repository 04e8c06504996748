"""What blocks accept, and in which dtype they compute."""

import re

import numpy as np
import pytest

from stridewise.arrays import as_array, finish, prepare, require_rank, require_shape
from stridewise.errors import DtypeError, ShapeError


@pytest.mark.parametrize(
    ("dtypes", "compute", "result"),
    [
        (["f2"], "f4", "f2"),
        (["f4"], "f4", "f4"),
        (["f8"], "f8", "f8"),
        (["i1"], "f8", "f8"),
        (["u8"], "f8", "f8"),
        (["?"], "f8", "f8"),
        (["?", "i4"], "f8", "f8"),
        (["f2", "f2"], "f4", "f2"),
        (["f2", "f4"], "f4", "f4"),
        (["f4", "f8"], "f8", "f8"),
        (["f4", "?"], "f4", "f4"),
        (["f4", "i2"], "f4", "f4"),
        (["f4", "i4"], "f8", "f8"),
        (["f2", "u1"], "f4", "f2"),
        ([">f8"], "f8", "f8"),
        ([">f4"], "f4", "f4"),
        ([">f2"], "f4", "f2"),
        ([">f4", ">f4"], "f4", "f4"),
        ([">i4"], "f8", "f8"),
    ],
)
def test_dtypes_of_computation_and_result(dtypes, compute, result):
    values = {f"x{number}": np.ones(2, dtype) for number, dtype in enumerate(dtypes)}
    arrays, found = prepare("demo", **values)
    assert [array.dtype for array in arrays] == [np.dtype(compute)] * len(dtypes)
    assert found == np.dtype(result)
    assert all(array.dtype.isnative for array in arrays)
    assert found.isnative


def test_nothing_is_copied_in_vain():
    x = np.ones(3)
    (only,), _ = prepare("demo", x=x)
    assert only is x


def test_none_is_no_array():
    with pytest.raises(DtypeError, match="demo: `x` does not hold real numbers"):
        prepare("demo", x=None)


def test_finish_keeps_or_casts():
    y = np.array([1.5], np.float32)
    assert finish(y, np.dtype(np.float32)) is y
    assert finish(y, np.dtype(np.float16)).dtype == np.float16


@pytest.mark.parametrize("value", [2, [1, 2], ((1.0,),), range(3), np.float32(1), True])
def test_whatever_numpy_reads_is_read(value):
    assert np.array_equal(as_array("demo", "x", value), np.asarray(value))


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (["a"], "<U1"),
        ([b"a"], "|S1"),
        ([1j], "complex128"),
        ([None], "object"),
        ({"a": 1}, "object"),
        (np.array(["2020-01-01"], "M8[D]"), "datetime64"),
        (np.array([1], "m8[s]"), "timedelta64"),
        (np.zeros(1, [("a", "f8")]), "'a'"),
    ],
    ids=["text", "bytes", "complex", "none", "dict", "date", "duration", "record"],
)
def test_what_is_no_real_number_is_refused(value, dtype):
    message = "demo: `x` does not hold real numbers"
    with pytest.raises(DtypeError, match=f"(?s){message}.*x.dtype=.*{re.escape(dtype)}"):
        as_array("demo", "x", value)


def test_ragged_lists_are_refused():
    with pytest.raises(ShapeError, match=r"(?s)demo: `x` is not an array.*received: list"):
        as_array("demo", "x", [[1, 2], [3]])


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((4, 4, 3), r"x\[None\] for one example, or x\[\.\.\., None\] for one channel"),
        ((4, 4), r"x\[None, \.\.\., None\] for one example of one channel"),
        ((), "an array of 4 axes"),
        ((1, 2, 3, 4, 5), "an array of 4 axes"),
    ],
)
def test_a_wrong_rank_is_refused(shape, hint):
    message = rf"(?s)demo: `x` has the wrong number of axes.*4 axes \(N, H, W, C\).*{hint}"
    with pytest.raises(ShapeError, match=message):
        require_rank("demo", "x", np.zeros(shape), ("N", "H", "W", "C"))


def test_a_wrong_shape_is_refused_and_a_right_one_is_not():
    require_shape("demo", "b", np.zeros((3,)), (3,), "why")
    require_rank("demo", "b", np.zeros((3,)), ("C",))
    with pytest.raises(ShapeError, match=r"(?s)`b` has.*b\.shape=\(3,\), why.*b\.shape=\(3, 1\)"):
        require_shape("demo", "b", np.zeros((3, 1)), (3,), "why")
