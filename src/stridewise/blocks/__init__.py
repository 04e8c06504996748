"""The blocks of a convolutional network: one operation a file, forward beside backward.

Every backward takes ``grad_y`` first, then what the forward took, with the same options.
"""

from stridewise.blocks.activations import (
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from stridewise.blocks.average_pooling import (
    avg_pool,
    avg_pool1d,
    avg_pool1d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    avg_pool3d,
    avg_pool3d_backward,
    avg_pool_backward,
)
from stridewise.blocks.batch_norm import (
    BatchNormGradients,
    batch_norm,
    batch_norm_backward,
    batch_statistics,
)
from stridewise.blocks.convolution import (
    ConvGradients,
    conv,
    conv1d,
    conv1d_backward,
    conv2d,
    conv2d_backward,
    conv3d,
    conv3d_backward,
    conv_backward,
)
from stridewise.blocks.cross_entropy import (
    cross_entropy,
    cross_entropy_backward,
)
from stridewise.blocks.dropout import (
    dropout,
    dropout_backward,
)
from stridewise.blocks.global_pooling import (
    global_avg_pool,
    global_avg_pool_backward,
    global_max_pool,
    global_max_pool_backward,
)
from stridewise.blocks.linear import (
    LinearGradients,
    linear,
    linear_backward,
)
from stridewise.blocks.max_pooling import (
    MaxPooled,
    max_pool,
    max_pool1d,
    max_pool1d_backward,
    max_pool1d_with_indices,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_with_indices,
    max_pool3d,
    max_pool3d_backward,
    max_pool3d_with_indices,
    max_pool_backward,
    max_pool_with_indices,
)
from stridewise.blocks.padding import (
    PadMode,
    pad,
    pad_backward,
)
from stridewise.blocks.softmax import (
    softmax,
    softmax_backward,
)

__all__ = [
    "BatchNormGradients",
    "ConvGradients",
    "LinearGradients",
    "MaxPooled",
    "PadMode",
    "avg_pool",
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool3d",
    "avg_pool3d_backward",
    "avg_pool_backward",
    "batch_norm",
    "batch_norm_backward",
    "batch_statistics",
    "conv",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv3d",
    "conv3d_backward",
    "conv_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "dropout",
    "dropout_backward",
    "global_avg_pool",
    "global_avg_pool_backward",
    "global_max_pool",
    "global_max_pool_backward",
    "linear",
    "linear_backward",
    "max_pool",
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_backward",
    "max_pool3d_with_indices",
    "max_pool_backward",
    "max_pool_with_indices",
    "pad",
    "pad_backward",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
]
