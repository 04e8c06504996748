"""Values through the pipe: kept as they are, and nothing hostile gets through."""

import contextlib
import io
import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridewise.checker.sandbox.wire import (
    MOST_BYTES,
    MOST_HEADER,
    Other,
    WireError,
    decode,
    encode,
    read_message,
)

_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text() | st.floats(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers(-(10**6), 10**6), inner)
    ),
    max_leaves=20,
)
_ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.arange(24).reshape(2, 3, 4)[:, ::-1].transpose(2, 0, 1),
    np.zeros((0, 3), np.float32),
    np.array(2.5),
    np.array([True, False]),
    np.array([1 + 2j]),
    np.array([np.nan, -np.inf, -0.0], ">f4"),
    np.float16(1.5),
    np.int64(-3),
    np.bool_(True),
    np.uint8(255),
]


def _message(header, data=b""):
    text = json.dumps(header).encode()
    return struct.pack(">II", len(text), len(data)) + text + data


@given(_PLAIN)
def test_plain_values_come_back_as_they_were(value):
    back = decode(encode(value))
    assert repr(back) == repr(value)  # tells 1 from True and 1.0, -0.0 from 0.0, and NaN from none


@pytest.mark.parametrize("value", _ARRAYS, ids=repr)
def test_arrays_and_scalars_keep_type_dtype_shape_and_bits(value):
    back = decode(encode(value))
    assert type(back) is type(value)
    assert (back.dtype, back.shape) == (value.dtype, value.shape)
    assert back.tobytes() == value.tobytes()


def test_numbers_arrays_without_axes_and_scalars_stay_apart():
    back = decode(encode((1.0, np.float64(1.0), np.array(1.0))))
    assert [type(each) for each in back] == [float, np.float64, np.ndarray]


def test_what_came_back_can_be_written_to():
    array = decode(encode(np.zeros(3)))
    array[0] = 1
    assert array.sum() == 1


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (print, "builtin_function_or_method"),
        (b"bytes", "bytes"),
        ({1, 2}, "set"),
        (2**64, "int beyond 64 bits"),
        (np.array(["text"]), "array of <U4"),
        (np.array([object()]), "array of object"),
        (np.ma.masked_array([1.0]), "MaskedArray"),
        (np.broadcast_to(1.0, (2**20, 2**20)), "array, too large"),
        ("x" * 10**6, "str, too long"),
        (type("Sly", (float,), {})(1.0), "Sly"),
        (list(range(20_000)), "list with too many elements"),
    ],
    ids=lambda value: str(type(value)),
)
def test_anything_else_is_its_types_name(value, name):
    assert decode(encode(value)) == Other(name)
    assert decode(encode([1, (value,)])) == [1, (Other(name),)]


def test_depth_is_bounded_and_the_rest_is_kept():
    nest = [1.0]
    nest.append(nest)
    assert "too deep" in repr(decode(encode(nest)))


HOSTILE = {
    "no length": b"\0\0",
    "too short": _message(None)[:-1],
    "more bytes than arrays": _message(None, b"12345678"),
    "not JSON": struct.pack(">II", 3, 0) + b"{{{",
    "not UTF-8": struct.pack(">II", 2, 0) + b"\xff\xff",
    "deep JSON": struct.pack(">II", 200_000, 0) + b"[" * 200_000,
    "a bare list": _message([1]),
    "unknown kind": _message({"pickle": "x"}),
    "two kinds": _message({"list": [], "tuple": []}),
    "text that is none": _message({"text": 3}),
    "unhashable key": _message({"dict": [[{"list": []}, 1]]}),
    "half a pair": _message({"dict": [[1]]}),
    "objects": _message({"array": "|O", "shape": [1]}, bytes(8)),
    "text array": _message({"array": "<U4", "shape": [1]}, bytes(16)),
    "fields": _message({"array": "i4,i4", "shape": [1]}, bytes(8)),
    "no dtype": _message({"array": "nonsense", "shape": [1]}, bytes(8)),
    "fewer bytes than the shape": _message({"array": "<f8", "shape": [2]}, bytes(8)),
    "negative size": _message({"array": "<f8", "shape": [-1]}, bytes(8)),
    "fractional size": _message({"array": "<f8", "shape": [1.0]}, bytes(8)),
    "true size": _message({"array": "<f8", "shape": [True]}, bytes(8)),
    "huge and empty": _message({"array": "<f8", "shape": [0] + [2**31 - 1] * 20}),
    "too many axes": _message({"array": "<f8", "shape": [1] * 65}, bytes(8)),
    "scalar with axes": _message({"scalar": "<f8", "shape": [1]}, bytes(8)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_is_refused(name):
    with pytest.raises(WireError):
        decode(HOSTILE[name])


def test_lengths_are_bounded_before_anything_is_read():
    for lengths in ((MOST_HEADER + 1, 0), (0, MOST_BYTES + 1)):
        stream = io.BytesIO(struct.pack(">II", *lengths) + bytes(100))
        with pytest.raises(WireError, match="too long"):
            read_message(stream)
        assert stream.tell() == 8


def test_messages_follow_one_another_in_a_stream():
    stream = io.BytesIO(encode(1) + encode(math.pi))
    assert [read_message(stream), read_message(stream)] == [1, math.pi]
    with pytest.raises(EOFError):
        read_message(stream)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_wire_error(data):
    with contextlib.suppress(WireError):
        decode(data)
