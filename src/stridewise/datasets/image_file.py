"""One image file: PNG, JPEG, BMP, GIF or WebP, as an array of numbers from 0 to 1."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stridewise.arrays import Array
from stridewise.datasets.untrusted_files import parsing, require_bounded, require_file
from stridewise.errors import DataError, OptionError, explain, missing_extra
from stridewise.options import require_size

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["MAX_PIXELS", "SUFFIXES", "image_claims", "read_image"]

MAX_PIXELS = 89_478_485
"""The most pixels of one image: the number above which Pillow suspects an attack."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")

# Only these readers may see the bytes, whatever they claim to be: Pillow knows formats (EPS) whose
# reader starts another program.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
_GREY_MODES = ("1", "L", "LA")
_SIXTEEN_BITS = 65_535


def read_image(path: str | os.PathLike[str], size: tuple[int, int] | None, channels: int) -> Array:
    """Read one image; bring it to a size and to a number of channels.

    Parameters
    ----------
    path : str or path
        A PNG, JPEG, BMP, GIF or WebP file; of several frames the first is read.
    size : (H, W) or None
        The image is stretched to this size with Lanczos' filter; None leaves it as it is.
    channels : 1 or 3
        Grey or RGB. A transparent image is laid on white.

    Returns
    -------
    array of shape (H, W, channels)
        float32 in [0, 1], upright as the camera's orientation mark says.

    Raises
    ------
    DataError
        If the file is missing, not such an image, damaged, or has too many pixels.
    OptionError, OptionTypeError
        If ``size`` or ``channels`` is not as described.
    MissingExtraError
        If Pillow is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "blue.png"
    ...     Image.new("RGB", (6, 4), (0, 0, 255)).save(file)
    ...     read_image(file, size=(2, 3), channels=3)[0, 0]
    array([0., 0., 1.], dtype=float32)
    """
    if isinstance(channels, bool) or channels not in (1, 3):
        raise OptionError(
            explain(
                "read_image",
                "`channels` is neither grey nor RGB.",
                needed="channels=1 or channels=3",
                received=f"channels={channels!r}",
                hint="channels=3",
            )
        )
    file = require_file("read_image", path)
    if size is not None:
        size = require_size("read_image", size)
        require_bounded("read_image", file, "the resized image", (*size, channels), 4)
    with _opened(file) as image:
        planes = _planes(image, channels)
    if size is not None:
        planes = [_resized(plane, size) for plane in planes]
    return np.stack([_as_floats(plane) for plane in planes], axis=-1)


def image_claims(path: Path) -> tuple[int, bool]:
    """Say how many pixels an image's header claims, and whether it is grey; decode nothing."""
    with _opened(path) as image:
        return image.width * image.height, _is_grey(image)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        from PIL import Image
    except ImportError:
        raise missing_extra("read_image", "pillow", "data") from None

    with parsing("read_image", path, "image"), warnings.catch_warnings():
        # Pillow only warns of a bomb; our own bound is checked next, whatever Pillow's is set to.
        warnings.simplefilter("ignore")
        try:
            with Image.open(path, formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _too_many_pixels(path, f"{image.width * image.height:,} pixels")
                yield image
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(path, str(error)) from None


def _is_grey(image: Image.Image) -> bool:
    return image.mode in _GREY_MODES or image.mode.startswith("I")


def _planes(image: Image.Image, channels: int) -> list[Image.Image]:
    """Decode an image into one grey plane a channel."""
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        # Pillow would cut 16 bits off at 255 instead of scaling them.
        levels = np.asarray(upright).astype(np.float32) * (255 / _SIXTEEN_BITS)
        return [Image.fromarray(levels)] * channels
    if upright.has_transparency_data:
        layered = upright.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        upright = Image.alpha_composite(white, layered)
    return list(upright.convert("L" if channels == 1 else "RGB").split())


def _resized(plane: Image.Image, size: tuple[int, int]) -> Image.Image:
    from PIL import Image

    height, width = size
    return plane.resize((width, height), Image.Resampling.LANCZOS)


def _as_floats(plane: Image.Image) -> Array:
    # Lanczos' filter swings a little beyond the values that it smooths.
    return np.clip(np.asarray(plane, dtype=np.float32) / 255, 0, 1)


def _too_many_pixels(path: Path, claim: str) -> DataError:
    return DataError(
        explain(
            "read_image",
            "the image has too many pixels.",
            needed=f"at most {MAX_PIXELS:,} pixels",
            received=f"{claim} in {str(path)!r}",
            hint="make the image smaller first",
        )
    )
