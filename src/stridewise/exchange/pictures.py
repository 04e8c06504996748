"""From an image file to what a network takes."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from stridewise.arrays import Array
from stridewise.datasets import read_image
from stridewise.errors import NetworkError, OptionError, explain
from stridewise.exchange.preparation import CHANNELS, Preparation
from stridewise.networks import Graph
from stridewise.options import require_size

__all__ = ["preparation_for", "prepare_picture"]


def preparation_for(
    network: Graph,
    *,
    size: tuple[int, int] | None = None,
    multiple_of: int = 1,
    mean: Sequence[float] = (0.0,),
    std: Sequence[float] = (1.0,),
    scale: float = 1.0,
    order: str = "rgb",
) -> Preparation:
    """Find out what images a network takes; add what it cannot tell.

    Parameters
    ----------
    network : Graph
        With one input, an image. What it leaves open comes from ``size``, or from each image; an
        open number of channels is taken for 3.
    size, multiple_of, mean, std, scale, order
        See :class:`Preparation`.

    Returns
    -------
    Preparation

    Raises
    ------
    NetworkError
        If the network does not take one image.
    OptionError, OptionTypeError
        If an option is not as described, or the network has another size.

    Notes
    -----
    An input (C, H, W), with channels first, is taken as one if the first axis can be channels and
    the last cannot, or is open: models that slide no window keep it so.

    Examples
    --------
    >>> from stridewise.layers import MaxPool
    >>> network = Graph({"image": (None, 48, 3)}, [("pool", MaxPool(2), ("image",))], ["pool"])
    >>> preparation_for(network).size
    (None, 48)
    """
    if size is not None:
        require_size("preparation", size)
    *sides, channels, channels_first = _picture(network)
    open_sides = size or (None, None)
    if size is not None and any(
        s not in (None, given) for s, given in zip(sides, size, strict=True)
    ):
        raise OptionError(
            explain(
                "preparation",
                "the network takes images of another size.",
                needed="x".join("any" if side is None else str(side) for side in sides),
                received=f"size={size}",
                hint="without a size: the network brings its own",
            )
        )
    height, width = (s or given for s, given in zip(sides, open_sides, strict=True))
    return Preparation(
        (height, width), multiple_of, mean, std, scale, order, channels, channels_first
    )


def prepare_picture(path: str | os.PathLike[str], preparation: Preparation) -> Array:
    """Read an image file as a batch of one.

    Parameters
    ----------
    path : str or path
        A PNG, JPEG, BMP, GIF or WebP file.
    preparation : Preparation

    Returns
    -------
    array of shape (1, H, W, C)
        float32; (1, C, H, W) if ``preparation.channels_first``.

    Raises
    ------
    DataError
        If the file cannot be read, or would become too large.
    MissingExtraError
        If Pillow is not installed.

    Notes
    -----
    Images are stretched to size with Lanczos' filter, not cut.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "red.png"
    ...     Image.new("RGB", (6, 4), (255, 0, 0)).save(file)
    ...     x = prepare_picture(file, Preparation((None, 3), mean=(0.5,), order="bgr"))
    >>> x.shape, x[0, 0, 0]
    ((1, 2, 3, 3), array([-0.5, -0.5,  0.5], dtype=float32))
    """
    height, width = preparation.size or (None, None)
    colours = min(preparation.channels, 3)
    if height and width:
        pixels = read_image(path, (height, width), colours)
    else:
        pixels = read_image(path, None, colours)
        size = _target(preparation, pixels.shape[0], pixels.shape[1])
        if size != pixels.shape[:2]:
            pixels = read_image(path, size, colours)
    if preparation.order == "bgr":
        pixels = pixels[..., ::-1]
    if preparation.channels == 4:
        pixels = np.concatenate([pixels, np.ones_like(pixels[..., :1])], axis=-1)
    # Absurd options give infinities, which is what they ask for.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        mean, std = (np.array(n, np.float32) for n in (preparation.mean, preparation.std))
        x = (pixels * np.float32(preparation.scale) - mean) / std
    return np.ascontiguousarray(np.moveaxis(x, -1, 0) if preparation.channels_first else x)[None]


def _picture(network: Graph) -> tuple[int | None, int | None, int, bool]:
    """Rows, columns and channels that a network takes, and whether it has channels first."""
    shapes = list(network.inputs.values())
    shape = shapes[0] if len(shapes) == 1 else None
    if shape is None or len(shape) != 3:
        inputs = (
            f"{name}: {'unknown' if each is None else _sizes(each)}"
            for name, each in network.inputs.items()
        )
        raise NetworkError(
            explain(
                "preparation",
                "the network does not take one image."
                if len(shapes) == 1
                else f"the network has {len(shapes)} inputs.",
                needed="one input of floats, of shape (H, W, C)",
                received="; ".join(inputs)[:300],
                hint="network.predict, with arrays that you make yourself",
            )
        )
    first, middle, last = shape
    if last in CHANNELS:
        return first, middle, last or 3, False
    if first in CHANNELS:
        return middle, last, first or 3, True
    if last is None:
        return first, middle, 3, False
    raise NetworkError(
        explain(
            "preparation",
            "the network's input has channels that no image has.",
            needed="1, 3 or 4 channels: grey; colours; colours and opacity",
            received=f"(H, W, C) = {_sizes(shape)}",
            hint="network.predict, with arrays that you make yourself",
        )
    )


def _target(preparation: Preparation, rows: int, columns: int) -> tuple[int, int]:
    """Size that an image of so many rows and columns is brought to."""
    height, width = preparation.size or (None, None)
    step = preparation.multiple_of
    own_height = rows * width / columns if width else rows
    own_width = columns * height / rows if height else columns
    return (
        height or max(1, round(own_height / step)) * step,
        width or max(1, round(own_width / step)) * step,
    )


def _sizes(shape: tuple[int | None, ...]) -> str:
    return f"({', '.join('any' if size is None else str(size) for size in shape)})"
