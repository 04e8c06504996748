"""The names of the exercise "Convolutional Neural Networks: step by step", on any engine.

``stridewise.notebook.compact`` is the variant with one ``forward`` for convolution and pooling.

Examples
--------
>>> from stridewise.notebook import conv_forward
>>> with sw.use_engine("loops"):
...     Z, cache = conv_forward(
...         np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), np.zeros((1, 1, 1, 1)),
...         {"stride": 1, "pad": 0})
>>> Z[0, :, :, 0]
array([[4., 4.],
       [4., 4.]])
"""

from stridewise.notebook.convolution import (
    conv_backward,
    conv_forward,
    conv_single_step,
    zero_pad,
)
from stridewise.notebook.pooling import (
    create_mask_from_window,
    distribute_value,
    pool_backward,
    pool_forward,
)

__all__ = [
    "conv_backward",
    "conv_forward",
    "conv_single_step",
    "create_mask_from_window",
    "distribute_value",
    "pool_backward",
    "pool_forward",
    "zero_pad",
]
