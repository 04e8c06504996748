"""The engine that says how fast it can go: kernels generated from Python, as LLVM IR."""

from stridewise.engines.compiled.channelwise.elementwise import add, relu, relu_grad
from stridewise.engines.compiled.channelwise.normalising import normalise, normalise_grad
from stridewise.engines.compiled.channelwise.sums import (
    channel_moments,
    channel_products,
    channel_sums,
)
from stridewise.engines.compiled.convolution import (
    conv,
    conv_grad_weight,
    conv_grad_x,
)
from stridewise.engines.compiled.explaining import explain
from stridewise.engines.compiled.pooling.average import avg_pool, avg_pool_grad
from stridewise.engines.compiled.pooling.maximum import max_pool, max_pool_grad

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
