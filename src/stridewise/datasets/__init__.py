"""Real image data as arrays: the digits that come along, and readers for your own files.

A :class:`Dataset` holds images (N, H, W, C) in [0, 1], labels (N,) and the names of the classes.

Examples
--------
>>> from stridewise import datasets
>>> train, test = datasets.split(datasets.digits(), (0.8, 0.2), seed=1)
>>> len(train), len(test)
(1438, 359)
"""

from stridewise.datasets.augmentation import Step, pipeline, random_rotation, random_shift
from stridewise.datasets.dataset import Dataset
from stridewise.datasets.digits import digits
from stridewise.datasets.hdf5 import read_hdf5
from stridewise.datasets.image_file import read_image
from stridewise.datasets.image_folder import read_image_folder
from stridewise.datasets.normalisation import Normalisation
from stridewise.datasets.npz import read_npz
from stridewise.datasets.sources import load
from stridewise.datasets.splitting import batches, shuffled, split

__all__ = [
    "Dataset",
    "Normalisation",
    "Step",
    "batches",
    "digits",
    "load",
    "pipeline",
    "random_rotation",
    "random_shift",
    "read_hdf5",
    "read_image",
    "read_image_folder",
    "read_npz",
    "shuffled",
    "split",
]
