"""Stridewise: convolutional networks, one step at a time.

The blocks stand here by name; ``sw.notebook`` has the exercise's names for them, ``sw.layers``,
``sw.networks`` and ``sw.training`` build on them, ``sw.datasets`` has images to begin with.

Examples
--------
>>> import stridewise as sw
>>> sw.conv2d(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)))[0, :, :, 0]
array([[4., 4.],
       [4., 4.]])
"""

import importlib
from types import ModuleType

from stridewise.blocks import (
    BatchNormGradients,
    ConvGradients,
    LinearGradients,
    MaxPooled,
    avg_pool1d,
    avg_pool1d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    avg_pool3d,
    avg_pool3d_backward,
    batch_norm,
    batch_norm_backward,
    conv1d,
    conv1d_backward,
    conv2d,
    conv2d_backward,
    conv3d,
    conv3d_backward,
    cross_entropy,
    cross_entropy_backward,
    dropout,
    dropout_backward,
    global_avg_pool,
    global_avg_pool_backward,
    global_max_pool,
    global_max_pool_backward,
    linear,
    linear_backward,
    max_pool1d,
    max_pool1d_backward,
    max_pool1d_with_indices,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_with_indices,
    max_pool3d,
    max_pool3d_backward,
    max_pool3d_with_indices,
    pad,
    pad_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    softmax,
    softmax_backward,
    tanh,
    tanh_backward,
)
from stridewise.engines import EngineInfo, engine_info, set_engine, use_engine
from stridewise.errors import StridewiseError

__version__ = "0.1.0"

_SUBPACKAGES = ("datasets", "layers", "networks", "notebook", "testing", "training")

__all__ = [
    "BatchNormGradients",
    "ConvGradients",
    "EngineInfo",
    "LinearGradients",
    "MaxPooled",
    "StridewiseError",
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool3d",
    "avg_pool3d_backward",
    "batch_norm",
    "batch_norm_backward",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv3d",
    "conv3d_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "dropout",
    "dropout_backward",
    "engine_info",
    "global_avg_pool",
    "global_avg_pool_backward",
    "global_max_pool",
    "global_max_pool_backward",
    "linear",
    "linear_backward",
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_backward",
    "max_pool3d_with_indices",
    "pad",
    "pad_backward",
    "relu",
    "relu_backward",
    "set_engine",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
    "use_engine",
]


def __getattr__(name: str) -> ModuleType:
    """Import a subpackage when it is first used: the blocks alone need none of them."""
    if name in _SUBPACKAGES:
        return importlib.import_module(f"stridewise.{name}")
    raise AttributeError(f"module 'stridewise' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_SUBPACKAGES])
