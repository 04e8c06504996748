"""Convolution with one channel a group in the numpy engine: tap by tap, against the loops."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.convolution import conv, conv2d, conv2d_backward, conv_backward
from stridewise.engines import use_engine
from stridewise.engines.vectorized import depthwise
from stridewise.engines.vectorized.convolution import conv as engine_conv
from stridewise.engines.vectorized.tiles import TILE_BYTES
from stridewise.specs import ConvSpec
from stridewise.testing import check_engines_agree

# N, spatial size, channels, filters each, kernel, options
CASES = {
    "plain": (2, (5, 7), 3, 1, (2, 3), {}),
    "one by one": (2, (3, 4), 5, 1, (1, 1), {}),
    "two filters each": (2, (5, 7), 3, 2, (2, 3), {"padding": 1}),
    "four filters each": (1, (4, 5), 2, 4, (3, 2), {"stride": (1, 2)}),
    "stride": (2, (6, 9), 4, 1, (2, 3), {"stride": (3, 2)}),
    "stride beyond the kernel": (2, (8, 9), 3, 2, (1, 2), {"stride": (3, 4)}),
    "padding": (3, (4, 5), 2, 1, (3, 2), {"padding": ((1, 0), (2, 3))}),
    "padding beyond the kernel": (1, (2, 3), 3, 1, (2, 1), {"padding": ((4, 3), (2, 5))}),
    "same": (2, (5, 8), 3, 1, (2, 4), {"stride": (2, 3), "padding": "same"}),
    "dilation": (2, (7, 9), 3, 3, (3, 2), {"dilation": (2, 5)}),
    "dilation beyond the image": (1, (2, 3), 2, 1, (2, 3), {"dilation": 9, "padding": 9}),
    "all of it": (
        2,
        (6, 7),
        3,
        2,
        (3, 2),
        {"stride": (2, 3), "padding": ((0, 2), (3, 1)), "dilation": (3, 2)},
    ),
    "rank 1": (3, (11,), 4, 1, (3,), {"stride": 2, "padding": "same_lower"}),
    "rank 3": (1, (3, 4, 5), 2, 2, (2, 1, 3), {"stride": (1, 2, 2), "padding": (1, 0, 2)}),
    "an empty batch": (0, (5, 7), 3, 1, (2, 3), {}),
}
every = pytest.mark.parametrize("name", CASES)


def drawn(rng, name, dtype="f8"):
    """Whole numbers, so that engines must agree exactly."""
    N, size, C, filters, kernel, options = CASES[name]
    x = rng.integers(-9, 10, (N, *size, C)).astype(dtype)
    weight = rng.integers(-9, 10, (*kernel, 1, C * filters)).astype(dtype)
    bias = rng.integers(-9, 10, C * filters).astype(dtype)
    return len(size), x, weight, bias, {**options, "groups": C}


@every
@pytest.mark.parametrize("tile_bytes", [1, 3000, TILE_BYTES])
def test_it_agrees_with_the_loops(rng, cut_tiles, name, tile_bytes):
    rank, x, weight, bias, options = drawn(rng, name)
    y = conv(rank, x, weight, **options)
    grad_y = rng.integers(-9, 10, y.shape).astype(float)
    cut_tiles(tile_bytes)
    check_engines_agree(lambda: conv(rank, x, weight, bias, **options), rtol=0, atol=0)
    check_engines_agree(
        lambda: tuple(conv_backward(rank, grad_y, x, weight, **options)), rtol=0, atol=0
    )


@every
def test_float32_stays_float32(rng, name):
    rank, x, weight, bias, options = drawn(rng, name, "f4")
    with use_engine("numpy"):
        y = conv(rank, x, weight, bias, **options)
        gradients = conv_backward(rank, y, x, weight, **options)
    assert {array.dtype.name for array in (y, *gradients)} == {"float32"}


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    rank, x, weight, bias, options = drawn(rng, "all of it")
    with use_engine("numpy"):
        y = conv(rank, x, weight, bias, **options)
        gradients = conv_backward(rank, y, x, weight, **options)
        x, weight, grad_y = map(np.asfortranarray, (x, weight, y))
        for array in (x, weight, bias, grad_y):
            array.flags.writeable = False
        assert_array_equal(conv(rank, x, weight, bias, **options), y)
        again = conv_backward(rank, grad_y, x, weight, **options)
    for one, other in zip(again, gradients, strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("C_in_group", "C_out", "groups", "chosen"),
    [
        (1, 2, 2, True),
        (1, 64, 64, True),
        (1, 8, 2, True),
        (1, 10, 2, False),  # five filters a channel
        (1, 4, 1, False),  # one channel alone
        (2, 4, 4, False),
    ],
)
def test_when_it_is_chosen(monkeypatch, C_in_group, C_out, groups, chosen):
    called = []
    real = depthwise.conv
    monkeypatch.setattr(depthwise, "conv", lambda *args: called.append(1) or real(*args))
    spec = ConvSpec.of("demo", (3,), (2,), groups=groups)
    x, weight = np.ones((1, 3, C_in_group * groups)), np.ones((2, C_in_group, C_out))
    y = engine_conv(x, weight, None, spec)
    assert bool(called) == chosen
    assert_array_equal(y, np.full((1, 2, C_out), 2 * C_in_group))


def test_it_is_many_small_convolutions(rng):
    x, weight = rng.standard_normal((2, 9, 8, 3)), rng.standard_normal((3, 2, 1, 6))
    grad_y = rng.standard_normal((2, 4, 4, 6))
    options = {"stride": 2, "padding": ((0, 1), 0)}
    with use_engine("numpy"):
        y = conv2d(x, weight, groups=3, **options)
        gradients = conv2d_backward(grad_y, x, weight, groups=3, **options)
        for c in range(3):
            alone, out = slice(c, c + 1), slice(2 * c, 2 * c + 2)
            part = conv2d_backward(grad_y[..., out], x[..., alone], weight[..., out], **options)
            wanted = conv2d(x[..., alone], weight[..., out], **options)
            assert_allclose(y[..., out], wanted, atol=1e-12)
            assert_allclose(gradients.x[..., alone], part.x, atol=1e-12)
            assert_allclose(gradients.weight[..., out], part.weight, atol=1e-12)


@pytest.mark.parametrize(
    ("x_shape", "weight_shape", "options"),
    [
        ((8, 64, 80, 32), (3, 3, 1, 64), {"padding": 1}),
        ((1, 512, 512, 32), (1, 1, 1, 64), {"stride": 8}),
        ((1, 10, 10, 64), (3, 3, 1, 64), {"padding": 500, "dilation": 500}),
    ],
)
def test_the_workspace_is_bounded(x_shape, weight_shape, options):
    x, weight = np.zeros(x_shape, np.float32), np.zeros(weight_shape, np.float32)
    options = {**options, "groups": x_shape[-1]}
    with use_engine("numpy"):
        y = conv2d(x, weight, **options)
        tracemalloc.start()
        try:
            gradients = conv2d_backward(y, x, weight, **options)
            results = sum(gradient.nbytes for gradient in gradients)
            peak = tracemalloc.get_traced_memory()[1] - results
            del gradients
            tracemalloc.reset_peak()
            y = conv2d(x, weight, **options)
            forward_peak = tracemalloc.get_traced_memory()[1] - y.nbytes
        finally:
            tracemalloc.stop()
    assert max(peak, forward_peak) < 3 * TILE_BYTES
