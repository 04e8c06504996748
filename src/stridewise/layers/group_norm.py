"""Group normalisation with its own scale and shift."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise.blocks.group_norm import group_norm, group_norm_backward
from stridewise.errors import NetworkError, explain
from stridewise.layers.layer import Shape
from stridewise.layers.normalisation import Normalisation
from stridewise.options import require_integer, require_number

__all__ = ["GroupNorm"]


@dataclass(eq=False)
class GroupNorm(Normalisation):
    """Bring each group of channels of each example to mean 0 and variance 1, then scale and shift.

    Parameters
    ----------
    groups : int
        How many groups the channels fall into; it divides them.
    epsilon : float
        Added to the variance.

    Examples
    --------
    >>> GroupNorm(4).parameter_shapes((8, 6, 16))
    {'weight': (16,), 'bias': (16,)}
    """

    groups: int
    epsilon: float = 1e-5

    block = staticmethod(group_norm)
    block_backward = staticmethod(group_norm_backward)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_integer(self.kind, "groups", self.groups, at_least=1)
        require_number(self.kind, "epsilon", self.epsilon, below=1)

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Scale and shift, one number a channel."""
        channels = self.one_input(inputs)[-1:]
        if not channels or channels[0] % self.groups:
            raise NetworkError(
                explain(
                    self.kind,
                    "`groups` does not divide the channels.",
                    needed="channels that are a multiple of groups",
                    received=f"input shape {inputs[0]}, groups={self.groups}",
                    hint="groups=1",
                )
            )
        return {"weight": channels, "bias": channels}
