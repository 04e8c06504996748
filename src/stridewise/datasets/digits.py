"""The handwritten digits that come with the package.

The data are the 1,797 test images of *Optical Recognition of Handwritten Digits*, E. Alpaydin and
C. Kaynak, 1998, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, under the
licence CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). ``NOTICE.md`` says what we
changed.
"""

from __future__ import annotations

from importlib import resources

import numpy as np

from stridewise.datasets.dataset import Dataset

__all__ = ["digits"]

_WHITE = 16


def digits() -> Dataset:
    """Load 1,797 handwritten digits of 8 x 8 pixels, in one channel.

    Returns
    -------
    Dataset
        Images (1797, 8, 8, 1), whose grey levels are multiples of 1/16; classes "0" to "9".

    Examples
    --------
    >>> digits()
    Dataset(1797 images of 8 x 8 x 1, 10 classes)
    >>> (16 * digits().images[0, 2, :, 0]).astype(int)
    array([ 0,  3, 15,  2,  0, 11,  8,  0])
    """
    file = resources.files("stridewise.datasets").joinpath("optdigits.npz")
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        levels, labels = arrays["images"], arrays["labels"]
    images = levels[..., None].astype(np.float32) / _WHITE
    return Dataset(images, labels, tuple("0123456789"))
