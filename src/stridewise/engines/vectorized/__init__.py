"""The engine that says how each operation is vectorised in NumPy."""

from stridewise.engines.vectorized.average_pooling import avg_pool, avg_pool_grad
from stridewise.engines.vectorized.convolution import (
    channel_sums,
    conv,
    conv_grad_weight,
    conv_grad_x,
)
from stridewise.engines.vectorized.explaining import explain
from stridewise.engines.vectorized.max_pooling import max_pool, max_pool_grad

__all__ = [
    "avg_pool",
    "avg_pool_grad",
    "channel_sums",
    "conv",
    "conv_grad_weight",
    "conv_grad_x",
    "explain",
    "max_pool",
    "max_pool_grad",
]
