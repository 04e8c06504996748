"""Convolution in the ``numpy`` engine as a share of the machine's matrix-product rate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import stridewise as sw
from benchmarks.timing import medians, sgemm_rate

__all__ = ["SHAPES", "ShareOfSgemm", "measure"]

# (N, spatial, C_in, C_out, kernel, stride, padding): layers of ResNet-50 and VGG-A.
SHAPES = [
    (8, (56, 56), 64, 64, (3, 3), 1, 1),
    (8, (28, 28), 128, 128, (3, 3), 1, 1),
    (8, (14, 14), 256, 256, (3, 3), 1, 1),
    (8, (56, 56), 64, 256, (1, 1), 1, 0),
    (8, (56, 56), 128, 128, (3, 3), 2, 1),
    (8, (224, 224), 3, 64, (7, 7), 2, 3),
]


class ShareOfSgemm(NamedTuple):
    """Rates of one shape, as shares of the sgemm rate measured in the same rounds."""

    shape: str
    sgemm_gflops: float
    forward: float
    backward: float
    both: float


def measure(
    shape: tuple[int, tuple[int, ...], int, int, tuple[int, ...], int, int],
) -> ShareOfSgemm:
    """Time forward, backward (all three gradients) and sgemm in turn."""
    N, spatial, C_in, C_out, kernel, stride, padding = shape
    rng = np.random.default_rng(0)
    x = rng.standard_normal((N, *spatial, C_in)).astype(np.float32)
    weight = rng.standard_normal((*kernel, C_in, C_out)).astype(np.float32)
    bias = rng.standard_normal(C_out).astype(np.float32)
    y = sw.conv2d(x, weight, bias, stride=stride, padding=padding)
    forward_work = 2 * y.size * weight.size / C_out
    with sw.use_engine("numpy"):
        product, forward, backward = medians(
            [
                sgemm_rate(),
                lambda: sw.conv2d(x, weight, bias, stride=stride, padding=padding),
                lambda: sw.conv2d_backward(y, x, weight, stride=stride, padding=padding),
            ]
        )
    rate = 2 * 2048**3 / product
    kernel_text = "×".join(map(str, kernel))
    return ShareOfSgemm(
        f"({N}, {', '.join(map(str, spatial))}, {C_in}) * {kernel_text}, {C_out}, stride {stride}",
        rate / 1e9,
        forward_work / forward / rate,
        2 * forward_work / backward / rate,
        3 * forward_work / (forward + backward) / rate,
    )
