"""The p-norm of windows as a layer."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise.arrays import Array
from stridewise.blocks.lp_pooling import lp_pool, lp_pool_backward, require_power
from stridewise.layers.layer import LayerGradients
from stridewise.layers.pool import Pool

__all__ = ["LpPool"]


@dataclass(eq=False)
class LpPool(Pool):
    """Take the p-norm of every window, on one to three spatial axes.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, ceil_mode, p
        As in ``stridewise.lp_pool``.

    Examples
    --------
    >>> LpPool(2, p=3).output_shape((9, 6, 4))
    (4, 3, 4)
    """

    p: float = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        require_power(self.kind, self.p)

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Pool; the cache is the input."""
        (x,) = inputs
        return lp_pool(x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: a share by its magnitude to each element of a window."""
        return LayerGradients((lp_pool_backward(grad_y, cache, **self.options),), {})
