"""The engine that says how fast it can go: kernels generated from Python, as LLVM IR."""

from stridewise.engines.compiled.convolution import (
    channel_sums,
    conv,
    conv_grad_weight,
    conv_grad_x,
)
from stridewise.engines.compiled.explaining import explain
from stridewise.engines.compiled.pooling.average import avg_pool, avg_pool_grad
from stridewise.engines.compiled.pooling.maximum import max_pool, max_pool_grad

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
