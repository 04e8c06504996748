"""Layer normalisation with its own scale and shift."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise.blocks.layer_norm import layer_norm, layer_norm_backward
from stridewise.layers.layer import Shape
from stridewise.layers.normalisation import Normalisation, require_trailing, trailing_shape
from stridewise.options import require_number

__all__ = ["LayerNorm"]


@dataclass(eq=False)
class LayerNorm(Normalisation):
    """Bring the last axes of each example to mean 0 and variance 1, then scale and shift.

    Parameters
    ----------
    axis : int
        The first axis to normalise over, counted from the channels: −1 is the channels alone,
        at each position; −3 is all of an image.
    epsilon : float
        Added to the variance.

    Examples
    --------
    >>> LayerNorm().parameter_shapes((8, 6, 16))
    {'weight': (16,), 'bias': (16,)}
    """

    axis: int = -1
    epsilon: float = 1e-5

    block = staticmethod(layer_norm)
    block_backward = staticmethod(layer_norm_backward)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_trailing(self.kind, self.axis)
        require_number(self.kind, "epsilon", self.epsilon, below=1)

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Scale and shift, one number an element of the normalised axes."""
        part = trailing_shape(self.kind, self.axis, self.one_input(inputs))
        return {"weight": part, "bias": part}
