"""SciPy's correlate as a judge of convolution at stride 1."""

import numpy as np
import pytest
from scipy.signal import correlate

from stridewise.blocks.convolution import conv, conv_backward

pytestmark = pytest.mark.usefixtures("engine")

SIZES = [((9,), (4,)), ((6, 8), (3, 2)), ((4, 5, 6), (2, 1, 3))]


def by_scipy(x, weight, mode):
    y = [
        [
            sum(correlate(image[..., c], weight[..., c, o], mode, "direct") for c in range(C_in))
            for o in range(weight.shape[-1])
        ]
        for image in x
        for C_in in [x.shape[-1]]
    ]
    return np.moveaxis(np.array(y), 1, -1)


@pytest.mark.parametrize(("size", "kernel"), SIZES, ids=["1d", "2d", "3d"])
@pytest.mark.parametrize("mode", ["valid", "full", "same_lower"])
def test_forward(rng, size, kernel, mode):
    x, weight = rng.standard_normal((2, *size, 3)), rng.standard_normal((*kernel, 3, 4))
    padding = tuple(k - 1 for k in kernel) if mode == "full" else mode
    # SciPy's "same" keeps the middle of "full"; its odd element is ours of "same_lower".
    wanted = by_scipy(x, weight, "same" if mode == "same_lower" else mode)
    np.testing.assert_allclose(conv(len(size), x, weight, padding=padding), wanted, atol=1e-12)


@pytest.mark.parametrize(("size", "kernel"), SIZES, ids=["1d", "2d", "3d"])
def test_gradients_are_correlations_too(rng, size, kernel):
    rank = len(size)
    x, weight = rng.standard_normal((2, *size, 3)), rng.standard_normal((*kernel, 3, 4))
    grad_y = rng.standard_normal(conv(rank, x, weight).shape)
    g = conv_backward(rank, grad_y, x, weight)
    turned = np.flip(weight, range(rank)).swapaxes(-1, -2)
    np.testing.assert_allclose(g.x, by_scipy(grad_y, turned, "full"), atol=1e-12)
    images, filters = np.moveaxis(x, (-1, 0), (0, -1)), np.moveaxis(grad_y, 0, -2)
    by_filter = by_scipy(images, filters, "valid")
    np.testing.assert_allclose(g.weight, np.moveaxis(by_filter, 0, -2), atol=1e-12)
