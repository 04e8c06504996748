"""Values over a pipe: a JSON header and raw bytes, never a pickle.

A message is two lengths (unsigned, 4 bytes each, big-endian), the header, and the bytes of all
arrays one after another. What came through the pipe is hostile until it is parsed: lengths are
bounded before they are read, and shapes are checked against the bytes that are there.

This file is run on both sides, so it needs nothing but NumPy; what it uses of NumPy is bound
when it is imported, before a learner's program can put something else in its place.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

__all__ = ["Other", "WireError", "decode", "encode", "read_message"]

MOST_HEADER = 1024**2
MOST_BYTES = 64 * 1024**2
_MOST_TEXT = 100_000
_MOST_DEPTH = 16
_MOST_ITEMS = 10_000
_MOST_AXES = 32
_KINDS = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8), "c": (8, 16)}

_LENGTHS = struct.Struct(">II")
_to_json = json.JSONEncoder(separators=(",", ":")).encode
_from_json = json.JSONDecoder().decode
_array_type, _dtype = np.ndarray, np.dtype
_SCALARS = frozenset(_dtype(f"{kind}{size}").type for kind in _KINDS for size in _KINDS[kind])
_from_bytes = np.frombuffer


class WireError(Exception):
    """What came through the pipe is no message."""


@dataclass(frozen=True)
class Other:
    """A value that is no number, no array and no container of them: its type's name."""

    type: str


def encode(value: Any) -> bytes:
    """Put a value into a message.

    Numbers, booleans, None, text, tuples, lists, dictionaries, NumPy's arrays and scalars are
    kept as they are; anything else, also a subclass of these, becomes an :class:`Other`, and so
    does what is too large or too deep.
    """
    writer = _Writer()
    header = _to_json(writer.node(value, 0)).encode()
    if len(header) > MOST_HEADER:
        return encode(Other(f"{_type_name(value)} with too many elements"))
    return _LENGTHS.pack(len(header), writer.size) + header + b"".join(writer.parts)


def decode(message: bytes) -> Any:
    """Take a value out of a message; its arrays are its own, and can be written to."""
    if len(message) < _LENGTHS.size:
        raise WireError("the message has no lengths")
    header_length, length = _LENGTHS.unpack_from(message)
    if len(message) != _LENGTHS.size + header_length + length:
        raise WireError("the message has another length than it says")
    end = _LENGTHS.size + header_length
    return _decoded(message[_LENGTHS.size : end], message[end:])


def read_message(stream: BinaryIO) -> Any:
    """Read one message from a pipe; EOFError if it ends before."""
    header_length, length = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if header_length > MOST_HEADER or length > MOST_BYTES:
        raise WireError("the message is too long")
    header = _exactly(stream, header_length)
    return _decoded(header, _exactly(stream, length))


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise EOFError("the pipe ended within a message")
    return data


def _type_name(value: Any) -> str:
    name = type.__dict__["__name__"].__get__(type(value))  # whatever its metaclass says
    return str(name)[:200]


class _Writer:
    """The header's tree, and the bytes that go with it."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0
        self._items = 0

    def node(self, value: Any, depth: int) -> Any:
        # By exact type: a subclass could run its own code here.
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return value if abs(value) < 2**63 else self._other("int beyond 64 bits")
        if kind is str:
            whole = len(value) <= _MOST_TEXT
            return {"text": value} if whole else self._other("str, too long")
        if kind is Other:
            return self._other(value.type)
        if kind is _array_type:
            return self._array(value, "array")
        if kind in _SCALARS or kind is np.longdouble:
            return self._array(value, "scalar")
        if kind in (tuple, list, dict):
            return self._container(value, depth)
        return self._other(_type_name(value))

    def _other(self, name: str) -> dict[str, str]:
        return {"other": name}

    def _array(self, value: Any, key: str) -> dict[str, Any]:
        if value.dtype == np.longdouble:
            value = value.astype(np.float64)  # its bytes are another machine's nonsense
        dtype = value.dtype
        if dtype.itemsize not in _KINDS.get(dtype.kind, ()):
            return self._other(f"array of {dtype}"[:200] if key == "array" else str(dtype)[:200])
        if self.size + value.nbytes > MOST_BYTES:
            return self._other("array, too large")
        data = value.tobytes()
        self.parts.append(data)
        self.size += len(data)
        return {key: dtype.str, "shape": list(value.shape)}

    def _container(self, value: Any, depth: int) -> dict[str, Any]:
        self._items += len(value)
        if depth >= _MOST_DEPTH:
            return self._other(f"{_type_name(value)}, too deep")
        if self._items > _MOST_ITEMS:
            return self._other(f"{_type_name(value)} with too many elements")
        if type(value) is dict:
            pairs = [
                [self.node(key, depth + 1), self.node(each, depth + 1)]
                for key, each in value.items()
            ]
            return {"dict": pairs}
        return {_type_name(value): [self.node(each, depth + 1) for each in value]}


def _decoded(header: bytes, data: bytes) -> Any:
    try:
        reader = _Reader(data)
        value = reader.value(_from_json(header.decode()))
    except WireError:
        raise
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise WireError(f"the message cannot be read: {error}") from None
    if reader.position != len(data):
        raise WireError("the message has more bytes than arrays")
    return value


class _Reader:
    """The value that a header's tree stands for."""

    def __init__(self, data: bytes) -> None:
        self.position = 0
        self._data = data
        self._read: dict[str, Callable[[Any], Any]] = {
            "text": self._text,
            "other": lambda name: Other(self._text(name)),
            "tuple": lambda items: tuple(self._items(items)),
            "list": self._items,
            "dict": lambda pairs: dict(map(self._pair, self._list(pairs))),
        }

    def value(self, node: Any) -> Any:
        if node is None or isinstance(node, bool | int | float):
            return node
        if not isinstance(node, dict):
            raise WireError("the message has a node that is no object")
        if set(node) in ({"array", "shape"}, {"scalar", "shape"}):
            return self._array(node)
        if len(node) != 1 or (key := next(iter(node))) not in self._read:
            raise WireError("the message has a node of no known kind")
        return self._read[key](node[key])

    def _text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise WireError("the message has text that is none")
        return value

    def _list(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise WireError("the message has a container without elements")
        return value

    def _items(self, value: Any) -> list[Any]:
        return [self.value(each) for each in self._list(value)]

    def _pair(self, value: Any) -> tuple[Any, Any]:
        key, each = self._items(value)
        return key, each

    def _array(self, node: dict[str, Any]) -> Any:
        scalar = "scalar" in node
        dtype = _dtype(self._text(node["scalar" if scalar else "array"]))
        shape = self._list(node["shape"])
        fits = all(type(size) is int and 0 <= size < 2**31 for size in shape)
        if dtype.itemsize not in _KINDS.get(dtype.kind, ()) or dtype.fields or dtype.subdtype:
            raise WireError("the message has an array that holds no numbers")
        if not fits or len(shape) > _MOST_AXES or (scalar and shape):
            raise WireError("the message has an array without a shape")
        end = self.position + math.prod(shape) * dtype.itemsize
        if end > len(self._data):
            raise WireError("the message has fewer bytes than its arrays")
        flat = _from_bytes(self._data[self.position : end], dtype).copy()
        self.position = end
        return flat[0] if scalar else flat.reshape(shape)
