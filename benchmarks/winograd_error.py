"""How exact the direct sum and Winograd's filtering are: the table of docs/performance.md.

Run it by ``python -m benchmarks.winograd_error``. Every result in float32 is compared with the same
sum in float64, from the same arrays: the relative L2 error is ‖found − exact‖ / ‖exact‖.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import stridewise as sw
from stridewise.arrays import Array
from stridewise.engines.precision import Precision

__all__ = ["CHANNELS", "Errors", "main", "measure"]

CHANNELS = (16, 64, 128, 256, 512)
_N, _SIZE = 2, 28


class Errors(NamedTuple):
    """Relative L2 errors of the three functions of a convolution."""

    forward: float
    grad_x: float
    grad_weight: float


def measure(channels: int, precision: Precision, N: int = _N, size: int = _SIZE) -> Errors:
    """Compare a convolution of 3×3, and its gradients, with float64.

    Raises
    ------
    ValueError
        If the planner would not compute all three as the precision allows.
    """
    rng = np.random.default_rng(channels)
    shape = (N, size, size, channels)
    x, grad_y = (rng.standard_normal(shape, np.float32) for _ in range(2))
    weight = rng.standard_normal((3, 3, channels, channels), np.float32)
    weight *= np.float32(1 / np.sqrt(9 * channels))
    with sw.use_engine("compiled"):
        before = sw.get_precision()
        sw.set_precision(precision)
        try:
            steps = sw.explain_conv2d(x.shape, weight.shape, padding=1).steps
            wanted = {"high": "direct", "medium": "Winograd"}[precision]
            if not all(step.algorithm.startswith(wanted) for step in steps):
                raise ValueError(f"{channels} channels: the planner chooses otherwise")
            found = _all_three(x, weight, grad_y)
        finally:
            sw.set_precision(before)
    with sw.use_engine("numpy"):
        exact = _all_three(*(array.astype(np.float64) for array in (x, weight, grad_y)))
    return Errors(*map(_relative, found, exact))


def _all_three(x: Array, weight: Array, grad_y: Array) -> tuple[Array, Array, Array]:
    gradients = sw.conv2d_backward(grad_y, x, weight, padding=1)
    return sw.conv2d(x, weight, padding=1), gradients.x, gradients.weight


def _relative(found: Array, exact: Array) -> float:
    return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))


def main() -> None:
    """Print the table, as Markdown."""
    names = ("forward", "grad x", "grad weight")
    kinds: dict[str, Precision] = {"direct": "high", "Winograd": "medium"}
    print("| channels |", " | ".join(f"{kind}, {name}" for kind in kinds for name in names), "|")
    print("|---:" * (1 + len(kinds) * len(names)) + "|")
    for channels in CHANNELS:
        errors = [error for kind in kinds.values() for error in measure(channels, kind)]
        print(f"| {channels} |", " | ".join(f"{error:.1e}" for error in errors), "|")


if __name__ == "__main__":
    main()
