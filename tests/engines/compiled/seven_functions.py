"""The functions of an engine on problems that several threads share."""

import numpy as np

import stridewise.engines.compiled as compiled
from stridewise.specs import ConvSpec, PoolSpec

# N, spatial size, channels in and out, kernel, options: large enough for threads.
CONVOLUTIONS = {
    "direct": (2, (23, 25), 19, 37, (3, 2), {"stride": (1, 2), "padding": 1}),
    "one by one": (3, (21, 11), 40, 33, (1, 1), {}),
    "strided": (1, (41, 40), 3, 35, (5, 5), {"stride": 3, "padding": 2, "dilation": 2}),
    "few channels": (2, (64, 60), 3, 32, (3, 3), {"stride": 2, "padding": 1}),
    "wide groups": (2, (20, 21), 36, 54, (3, 3), {"groups": 3, "padding": 1}),
    "depthwise": (2, (33, 35), 37, 37, (3, 3), {"groups": 37, "padding": 1}),
    "narrow groups": (1, (40, 41), 32, 32, (3, 3), {"groups": 8, "stride": 2}),
    "rank 1": (2, (700,), 17, 20, (5,), {"padding": 2}),
    "rank 3": (1, (7, 9, 12), 20, 18, (2, 3, 3), {"padding": 1}),
    "winograd": (2, (30, 29), 33, 50, (3, 3), {"padding": 1}),
}
POOLINGS = {
    "overlap": (2, (40, 41), 37, (3, 3), {"stride": 2, "padding": 1}),
    "apart": (2, (40, 42), 37, (2, 2), {}),
    "dilated": (1, (60, 61), 19, (3, 3), {"stride": 1, "dilation": 2}),
    "rank 1": (2, (3000,), 33, (4,), {"stride": 2, "padding": 1}),
    "one row": (1, (1, 900), 130, (1, 3), {"stride": 1}),
}
CHANNELWISE = {
    "few channels": (16, 28, 28, 6),
    "whole vectors": (4, 24, 24, 64),
    "lanes left over": (3, 41, 41, 37),
    "many channels": (3, 7, 5, 1030),
}


def convolution_calls(name, dtype="float32"):
    """Three calls, by name."""
    N, size, C_in, C_out, kernel, options = CONVOLUTIONS[name]
    spec = ConvSpec.of("conv", size, kernel, **options)
    rng = np.random.default_rng(sum(map(ord, name)))
    x = rng.standard_normal((N, *size, C_in)).astype(dtype)
    weight = rng.standard_normal((*kernel, C_in // spec.groups, C_out)).astype(dtype)
    bias = rng.standard_normal(C_out).astype(dtype)
    grad_y = rng.standard_normal((N, *spec.output_size, C_out)).astype(dtype)
    return {
        "conv": lambda: compiled.conv(x, weight, bias, spec),
        "conv_grad_x": lambda: compiled.conv_grad_x(grad_y, weight, spec),
        "conv_grad_weight": lambda: compiled.conv_grad_weight(grad_y, x, spec),
    }


def pooling_calls(name, dtype="float32"):
    """Calls of the four functions of pooling, by name."""
    N, size, C, kernel, options = POOLINGS[name]
    spec = PoolSpec.of("pool", size, kernel, **options)
    rng = np.random.default_rng(sum(map(ord, name)))
    x = rng.integers(-9, 10, (N, *size, C)).astype(dtype)
    grad_y = rng.standard_normal((N, *spec.output_size, C)).astype(dtype)
    return {
        "max_pool": lambda: compiled.max_pool(x, spec, indices=False)[0],
        "indices": lambda: compiled.max_pool(x, spec, indices=True)[1],
        "max_pool_grad": lambda: compiled.max_pool_grad(grad_y, x, spec, "first"),
        "max_pool_grad, all ties": lambda: compiled.max_pool_grad(grad_y, x, spec, "all"),
        "avg_pool": lambda: compiled.avg_pool(x, spec),
        "avg_pool_grad": lambda: compiled.avg_pool_grad(grad_y, spec),
    }


def channelwise_calls(name, dtype="float32"):
    """Calls of the functions that normalisation and rectifiers need, by name."""
    shape = CHANNELWISE[name]
    rng = np.random.default_rng(sum(map(ord, name)))
    x, grad_y = rng.standard_normal((2, *shape)).astype(dtype)
    numbers = rng.standard_normal((4, shape[-1])).astype(dtype)
    return {
        "channel_sums": lambda: compiled.channel_sums(x),
        "channel_moments": lambda: np.concatenate(compiled.channel_moments(x)),
        "channel_products": lambda: np.concatenate(
            compiled.channel_products(grad_y, x, numbers[0])
        ),
        "normalise": lambda: compiled.normalise(x, *numbers[:3]),
        "normalise_grad": lambda: compiled.normalise_grad(grad_y, x, *numbers),
        "relu": lambda: compiled.relu(x),
        "relu_grad": lambda: compiled.relu_grad(grad_y, x),
        "add": lambda: compiled.add(x, grad_y),
    }


def all_calls():
    """All of them in float32."""
    calls = {}
    for name in CONVOLUTIONS:
        calls |= {f"{name}: {function}": c for function, c in convolution_calls(name).items()}
    for name in POOLINGS:
        calls |= {f"{name}: {function}": c for function, c in pooling_calls(name).items()}
    for name in CHANNELWISE:
        calls |= {f"{name}: {function}": c for function, c in channelwise_calls(name).items()}
    return calls
