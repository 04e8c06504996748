"""Layers: the blocks with parameters of their own."""

from stridewise.layers.activation import Activation
from stridewise.layers.batch_norm import BatchNorm
from stridewise.layers.conv import Conv1D, Conv2D, Conv3D
from stridewise.layers.dense import Dense
from stridewise.layers.dropout import Dropout
from stridewise.layers.flatten import Flatten
from stridewise.layers.layer import Layer, LayerGradients
from stridewise.layers.merge import Add, Concatenate
from stridewise.layers.pool import AveragePool, GlobalAveragePool, MaxPool

__all__ = [
    "Activation",
    "Add",
    "AveragePool",
    "BatchNorm",
    "Concatenate",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePool",
    "Layer",
    "LayerGradients",
    "MaxPool",
]
