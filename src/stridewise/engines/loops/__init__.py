"""The engine that says what each operation means: the exercise's nested loops."""

from stridewise.engines.loops.average_pooling import avg_pool, avg_pool_grad
from stridewise.engines.loops.channelwise import (
    add,
    channel_moments,
    channel_products,
    normalise,
    normalise_grad,
    relu,
    relu_grad,
)
from stridewise.engines.loops.convolution import (
    channel_sums,
    conv,
    conv_grad_weight,
    conv_grad_x,
)
from stridewise.engines.loops.explaining import explain
from stridewise.engines.loops.max_pooling import max_pool, max_pool_grad

__all__ = [
    "add",
    "avg_pool",
    "avg_pool_grad",
    "channel_moments",
    "channel_products",
    "channel_sums",
    "conv",
    "conv_grad_weight",
    "conv_grad_x",
    "explain",
    "max_pool",
    "max_pool_grad",
    "normalise",
    "normalise_grad",
    "relu",
    "relu_grad",
]
