"""What a network answers: asked for, told in short, kept in a file."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import (
    DataError,
    OptionError,
    RunError,
    ShapeError,
    explain,
)
from stridewise.networks import Graph
from stridewise.training.atomic_file import write_atomically

__all__ = [
    "Summary",
    "ask",
    "is_distribution",
    "largest",
    "require_free",
    "summarised",
    "vector_of",
    "write_answers",
]


class Summary(NamedTuple):
    """An array in short; numbers are None if it is empty."""

    shape: tuple[int, ...]
    least: float | None
    mean: float | None
    largest: float | None


def ask(network: Graph, x: Array, origin: str) -> list[Array]:
    """Run a network on one image; if it fails, say on which.

    Parameters
    ----------
    network : Graph
        With one input.
    x : array, (1, H, W, C)
    origin : str
        Where the image is from, for messages.

    Returns
    -------
    list of array
        One for each of ``network.outputs``.

    Raises
    ------
    ShapeError
        If the image's size does not suit a network that leaves sizes open.
    DataError
        If there is not enough memory, or the network computes nonsense.
    """
    received = f"{origin!r}, brought to {x.shape[1:]}"
    try:
        y = network.predict(x)
    except MemoryError as error:
        raise DataError(
            explain(
                "network",
                "there is not enough memory for this image.",
                needed=str(error) or "more memory",
                received=received,
                hint="a smaller size",
            )
        ) from None
    except (OptionError, ShapeError) as error:
        detail = str(error).partition("\n")[0]
        raise ShapeError(
            explain(
                "network",
                "it cannot be run on this image.",
                needed=f"a size that suits every layer; {detail}",
                received=received,
                hint="another size, or sides to a multiple of 32",
            )
        ) from error
    return list(y) if isinstance(y, tuple) else [y]


def vector_of(y: Array) -> Array | None:
    """Give a network's output for one image as a vector, if it is one.

    Parameters
    ----------
    y : array, (1, *spatial, K), (1, K, *spatial) or (K,)

    Returns
    -------
    array of shape (K,), or None
        float64; None unless all of ``spatial`` is 1.

    Examples
    --------
    >>> vector_of(np.ones((1, 1, 1, 5))).shape, vector_of(np.ones((1, 5, 1, 1))).shape
    ((5,), (5,))
    >>> vector_of(np.ones((1, 2, 1, 5))) is None
    True
    """
    shape = y.shape[1:] if y.ndim > 1 else y.shape
    is_vector = y.size == max(shape[:1] + shape[-1:], default=1)
    return y.reshape(-1).astype(np.float64) if is_vector and y.size > 0 else None


def largest(vector: Array, count: int) -> list[int]:
    """Indices of the largest numbers, the largest first; of equal ones the first; NaN last.

    Examples
    --------
    >>> largest(np.array([0.1, 0.7, 0.2]), 2)
    [1, 2]
    """
    return [int(index) for index in np.argsort(-vector, kind="stable")[:count]]


def is_distribution(vector: Array) -> bool:
    """Whether numbers could be probabilities: none negative, and their sum 1.

    Examples
    --------
    >>> is_distribution(np.array([0.25, 0.75])), is_distribution(np.array([-1.0, 2.0]))
    (True, False)
    """
    return bool((vector >= 0).all() and abs(vector.sum() - 1) < 1e-3)


def summarised(y: Array) -> Summary:
    """Tell an array in short.

    Examples
    --------
    >>> summarised(np.array([[1.0, 2.0, 6.0]]))
    Summary(shape=(1, 3), least=1.0, mean=3.0, largest=6.0)
    """
    if y.size == 0:
        return Summary(y.shape, None, None, None)
    with np.errstate(invalid="ignore", over="ignore"):  # infinities and NaN are told as they are
        mean = float(y.mean(dtype=np.float64))
    return Summary(y.shape, float(y.min()), mean, float(y.max()))


def require_free(path: Path) -> None:
    """Refuse a place where there is something already, or where no file can be.

    Raises
    ------
    RunError
    """
    is_taken = os.path.lexists(path)
    if is_taken or not os.path.isdir(path.parent):  # noqa: PTH112 - no name makes it raise
        raise RunError(
            explain(
                "output",
                "the file exists already, and nothing is ever overwritten."
                if is_taken
                else "there is no folder for the file.",
                needed="the path of a file that does not exist yet, in a folder that does",
                received=repr(str(path)[:200]),
                hint=_free_name(path) if is_taken else "another path, or make the folder first",
            )
        )


def write_answers(
    path: Path, files: Sequence[str], outputs: Sequence[tuple[str, Sequence[Array]]]
) -> dict[str, tuple[int, ...]]:
    """Write all outputs of all images to an NPZ file.

    Parameters
    ----------
    path : Path
    files : sequence of str
        The images' names, for the array ``files``.
    outputs : sequence of (name, arrays)
        An array for each image.

    Returns
    -------
    dict of str to tuple of int
        Names and shapes of what was written. If an output has the same shape for all images, they
        are one array, (N, …); else each is one of its own, ``name_0``, ``name_1``, as it came.

    Raises
    ------
    RunError
        If there is such a file, or it cannot be written.

    Notes
    -----
    Names come from the model: what cannot be a name of a file's member becomes ``output``, and
    names that would be there twice get a stroke.
    """
    require_free(path)
    arrays: dict[str, Array] = {"files": np.array(files, dtype=np.str_)}
    for name, found in outputs:
        usable = name.isprintable() and 0 < len(name) <= 200 and ".." not in name
        key = name if usable and name[0] not in "/\\" else "output"
        if len({y.shape for y in found}) == 1:
            is_batch = found[0].ndim > 0 and len(found[0]) == 1
            stacked = np.concatenate(found) if is_batch else np.stack(found)
            arrays[_unused(key, arrays)] = stacked
        else:
            for place, y in enumerate(found):
                arrays[_unused(f"{key}_{place}", arrays)] = y
    buffer = io.BytesIO()
    # np.savez cannot do it: it has a parameter whose name an output may have.
    with zipfile.ZipFile(buffer, "w", allowZip64=True) as archive:
        for key, array in arrays.items():
            with archive.open(f"{key}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    write_atomically(path, buffer.getvalue())
    return {key: array.shape for key, array in arrays.items()}


def _unused(key: str, taken: Mapping[str, Array]) -> str:
    while key in taken:
        key += "_"
    return key


def _free_name(path: Path) -> str:
    number = 2
    while os.path.lexists(free := path.parent / f"{path.stem or 'file'}-{number}{path.suffix}"):
        number += 1
    return str(free)
