"""ONNX files, hostile until parsed: bytes, then a model, then nodes and arrays.

Nothing here trusts a length, a path or a name in the file. An array is made only when the bytes
that it claims are there.

References
----------
ONNX, "Open Neural Network Exchange Intermediate Representation Specification", IR version 14.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from google.protobuf.message import DecodeError
from onnx import ModelProto, TensorProto

from stridewise.arrays import Array
from stridewise.datasets.untrusted_files import as_path, parsing, require_file
from stridewise.errors import DataError, explain

__all__ = ["Source", "model_from", "refuse", "tensor_array"]

Source: TypeAlias = str | os.PathLike[str] | bytes | ModelProto

# The format itself cannot hold more: protobuf's limit.
_MOST_BYTES = 2**31
_MOST_AXES = 32

_DTYPES: dict[int, np.dtype[Any]] = {
    TensorProto.FLOAT: np.dtype(np.float32),
    TensorProto.DOUBLE: np.dtype(np.float64),
    TensorProto.FLOAT16: np.dtype(np.float16),
    TensorProto.INT8: np.dtype(np.int8),
    TensorProto.INT16: np.dtype(np.int16),
    TensorProto.INT32: np.dtype(np.int32),
    TensorProto.INT64: np.dtype(np.int64),
    TensorProto.UINT8: np.dtype(np.uint8),
    TensorProto.UINT16: np.dtype(np.uint16),
    TensorProto.UINT32: np.dtype(np.uint32),
    TensorProto.UINT64: np.dtype(np.uint64),
    TensorProto.BOOL: np.dtype(np.bool_),
}


def refuse(problem: str, *, needed: str, received: str, hint: str) -> DataError:
    """Build the error for a file that cannot be used."""
    return DataError(explain("onnx", problem, needed=needed, received=received, hint=hint))


def element_type(code: int) -> np.dtype[Any] | None:
    """NumPy's dtype for an ONNX element type; None for those without."""
    return _DTYPES.get(code)


def model_from(source: Source) -> tuple[ModelProto, Path | None]:
    """Parse a file or its bytes; also give the folder that external data must lie in."""
    folder = None
    if isinstance(source, ModelProto):
        return _checked(source, "a ModelProto"), None
    if isinstance(source, bytes | bytearray | memoryview):
        content, name = bytes(source), f"{len(source):,} bytes"
    else:
        with parsing("onnx", as_path("onnx", source), "ONNX file"):
            path = require_file("onnx", source)
        if path.stat().st_size > _MOST_BYTES:
            raise refuse(
                "the file is too large.",
                needed=f"at most {_MOST_BYTES:,} bytes; larger weights lie in files beside it",
                received=f"{str(path)!r} of {path.stat().st_size:,} bytes",
                hint="onnx.save(model, path, save_as_external_data=True)",
            )
        with parsing("onnx", path, "ONNX file"):
            content = path.read_bytes()
        name, folder = repr(str(path)), path.parent
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError as error:
        raise refuse(
            "this is not an ONNX model.",
            needed="a protobuf message of the type ModelProto, whole",
            received=f"{name} ({error})",
            hint="the file as it was exported: it may be truncated, or of another format",
        ) from None
    return _checked(model, name), folder


def _checked(model: ModelProto, name: str) -> ModelProto:
    if not model.graph.node and not model.graph.output:
        raise refuse(
            "the model has no graph.",
            needed="nodes and outputs",
            received=name,
            hint="the file as it was exported: it may be truncated, or of another format",
        )
    return model


def tensor_array(tensor: TensorProto, folder: Path | None) -> Array:
    """Give a tensor's numbers, if its bytes are really there."""
    dtype = element_type(tensor.data_type)
    if dtype is None:
        kind = _type_name(tensor.data_type)
        raise refuse(
            f"the tensor {tensor.name!r} holds what is not supported.",
            needed=", ".join(map(str, _DTYPES.values())),
            received=kind,
            hint="an export in float32",
        )
    sizes = [*tensor.dims]
    if len(sizes) > _MOST_AXES or any(not 0 <= size < _MOST_BYTES for size in sizes):
        raise _does_not_fit(
            tensor,
            f"at most {_MOST_AXES} sizes, from 0 to {_MOST_BYTES - 1:,}",
            f"{len(sizes)} sizes, from {min(sizes):,} to {max(sizes):,}",
        )
    count = math.prod(tensor.dims)  # Python's integers do not overflow
    if tensor.data_location == TensorProto.EXTERNAL:
        raw = _external(tensor, folder, count * dtype.itemsize)
    elif tensor.HasField("raw_data"):
        raw = tensor.raw_data
    else:
        return _from_fields(tensor, dtype, count)
    if len(raw) != count * dtype.itemsize:
        raise _does_not_fit(tensor, f"{count * dtype.itemsize:,} bytes", f"{len(raw):,} bytes")
    if dtype == np.bool_:
        truth: Array = np.frombuffer(raw, np.uint8) != 0  # not every byte is a bool
        return truth.reshape(sizes)
    return np.frombuffer(raw, dtype.newbyteorder("<")).astype(dtype).reshape(sizes)


def _from_fields(tensor: TensorProto, dtype: np.dtype[Any], count: int) -> Array:
    """Numbers in a list of the message; float16 as the bits of an int32."""
    if dtype == np.float32:
        numbers: Any = tensor.float_data
    elif dtype == np.float64:
        numbers = tensor.double_data
    elif dtype == np.int64:
        numbers = tensor.int64_data
    elif dtype in (np.uint32, np.uint64):
        numbers = tensor.uint64_data
    else:
        numbers = tensor.int32_data
    if len(numbers) != count:
        raise _does_not_fit(tensor, f"{count:,} numbers", f"{len(numbers):,} numbers")
    if dtype == np.float16:
        array = np.array(numbers, np.int32).astype(np.uint16).view(np.float16)
    else:
        array = np.array(numbers).astype(dtype)
    return array.reshape(tuple(tensor.dims))


def _external(tensor: TensorProto, folder: Path | None, count: int) -> bytes:
    """Read numbers from a file beside the model: nowhere else, and through no link."""
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    inside = Path(location)
    if folder is None:
        raise _outside(tensor, location, "the model came as bytes, which lie in no folder")
    if not location or "\0" in location or inside.is_absolute() or ".." in inside.parts:
        raise _outside(tensor, location, "the path leaves the model's folder")
    path = folder / inside
    steps = [folder.joinpath(*inside.parts[:n]) for n in range(1, len(inside.parts) + 1)]
    with parsing("onnx", path, "ONNX external data file"):
        if any(step.is_symlink() for step in steps):
            raise _outside(tensor, location, "the path goes through a symbolic link")
        try:
            offset = int(entries.get("offset", 0))
            length = int(entries.get("length", count))
        except ValueError:
            offset = length = -1
        if offset < 0 or length != count:
            raise _does_not_fit(tensor, f"{count:,} bytes", f"external data {entries}"[:200])
        size = require_file("onnx", path).stat().st_size
        if offset + length > size:
            raise _does_not_fit(
                tensor, f"{length:,} bytes from {offset:,} on", f"a file of {size:,} bytes"
            )
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)


def _outside(tensor: TensorProto, location: str, why: str) -> DataError:
    return refuse(
        f"the data of {tensor.name!r} must lie in the model's folder.",
        needed="a relative path to a file beside the model",
        received=f"{location[:100]!r}: {why}",
        hint="onnx.save(model, path, save_as_external_data=True), and load(path)",
    )


def _does_not_fit(tensor: TensorProto, needed: str, received: str) -> DataError:
    return refuse(
        f"the tensor {tensor.name!r} does not have the numbers that it claims.",
        needed=f"{needed}, for dims {list(tensor.dims)[:8]}",
        received=received,
        hint="the file as it was exported: it may be truncated",
    )


def _type_name(code: int) -> str:
    try:
        return str(TensorProto.DataType.Name(code))
    except ValueError:
        return f"element type {code}"
