"""Stridewise: convolutional networks, one step at a time."""

from stridewise.blocks.convolution import conv1d
