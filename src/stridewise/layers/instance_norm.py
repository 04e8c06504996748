"""Instance normalisation with its own scale and shift."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise.blocks.instance_norm import instance_norm, instance_norm_backward
from stridewise.layers.layer import Shape
from stridewise.layers.normalisation import Normalisation
from stridewise.options import require_number

__all__ = ["InstanceNorm"]


@dataclass(eq=False)
class InstanceNorm(Normalisation):
    """Bring each channel of each example to mean 0 and variance 1, then scale and shift.

    Parameters
    ----------
    epsilon : float
        Added to the variance.

    Examples
    --------
    >>> InstanceNorm().parameter_shapes((8, 6, 16))
    {'weight': (16,), 'bias': (16,)}
    """

    epsilon: float = 1e-5

    block = staticmethod(instance_norm)
    block_backward = staticmethod(instance_norm_backward)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_number(self.kind, "epsilon", self.epsilon, below=1)

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Scale and shift, one number a channel."""
        channels = self.one_input(inputs, 1, 2, 3)[-1:]
        return {"weight": channels, "bias": channels}
