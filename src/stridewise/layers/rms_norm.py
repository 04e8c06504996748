"""Normalisation by the root of the mean square, with its own scale."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise.blocks.rms_norm import rms_norm, rms_norm_backward
from stridewise.layers.layer import Shape
from stridewise.layers.normalisation import Normalisation, require_trailing, trailing_shape
from stridewise.options import require_number

__all__ = ["RMSNorm"]


@dataclass(eq=False)
class RMSNorm(Normalisation):
    """Bring the last axes of each example to a mean square of 1, then scale.

    Parameters
    ----------
    axis : int
        The first axis to normalise over, counted from the channels: −1 is the channels alone,
        at each position.
    epsilon : float
        Added to the mean square.

    Examples
    --------
    >>> RMSNorm().parameter_shapes((8, 6, 16))
    {'weight': (16,)}
    """

    axis: int = -1
    epsilon: float = 1e-5

    block = staticmethod(rms_norm)
    block_backward = staticmethod(rms_norm_backward)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_trailing(self.kind, self.axis)
        require_number(self.kind, "epsilon", self.epsilon, below=1)

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Scale, one number an element of the normalised axes."""
        return {"weight": trailing_shape(self.kind, self.axis, self.one_input(inputs))}
