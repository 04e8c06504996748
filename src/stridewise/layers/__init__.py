"""Layers: the blocks with parameters of their own."""

from stridewise.layers.activation import Activation
from stridewise.layers.adaptive_pool import AdaptiveAveragePool, AdaptiveMaxPool
from stridewise.layers.batch_norm import BatchNorm
from stridewise.layers.conv import Conv1D, Conv2D, Conv3D
from stridewise.layers.dense import Dense
from stridewise.layers.dropout import Dropout
from stridewise.layers.flatten import Flatten
from stridewise.layers.global_max_pool import GlobalMaxPool
from stridewise.layers.group_norm import GroupNorm
from stridewise.layers.instance_norm import InstanceNorm
from stridewise.layers.layer import Layer, LayerGradients
from stridewise.layers.layer_norm import LayerNorm
from stridewise.layers.local_response_norm import LocalResponseNorm
from stridewise.layers.lp_pool import LpPool
from stridewise.layers.max_unpool import MaxUnpool
from stridewise.layers.merge import Add, Concatenate
from stridewise.layers.operation import Operation
from stridewise.layers.pad import Pad
from stridewise.layers.pixel_shuffle import DepthToSpace, SpaceToDepth
from stridewise.layers.pool import AveragePool, GlobalAveragePool, MaxPool
from stridewise.layers.prelu import PReLU
from stridewise.layers.resize import Resize
from stridewise.layers.rms_norm import RMSNorm
from stridewise.layers.transposed_conv import (
    ConvTranspose1D,
    ConvTranspose2D,
    ConvTranspose3D,
)

__all__ = [
    "Activation",
    "AdaptiveAveragePool",
    "AdaptiveMaxPool",
    "Add",
    "AveragePool",
    "BatchNorm",
    "Concatenate",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "ConvTranspose1D",
    "ConvTranspose2D",
    "ConvTranspose3D",
    "Dense",
    "DepthToSpace",
    "Dropout",
    "Flatten",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "GroupNorm",
    "InstanceNorm",
    "Layer",
    "LayerGradients",
    "LayerNorm",
    "LocalResponseNorm",
    "LpPool",
    "MaxPool",
    "MaxUnpool",
    "Operation",
    "PReLU",
    "Pad",
    "RMSNorm",
    "Resize",
    "SpaceToDepth",
]
