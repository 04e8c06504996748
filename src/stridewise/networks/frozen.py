"""A network as it was at one moment, for inference only."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from stridewise.arrays import ArrayLike
from stridewise.layers import Layer
from stridewise.networks.fusion import fused
from stridewise.networks.inference import predict

if TYPE_CHECKING:
    from stridewise.networks.graph import Graph

__all__ = ["FrozenNetwork"]


class FrozenNetwork:
    """Copies of a network's parameters, arranged for speed: what ``network.frozen()`` gives.

    Batch normalisations become part of the convolutions before them, and engines keep the
    weights in an order of their own. Training the network later does not change it.

    Attributes
    ----------
    inputs : dict of str to shape
        As in the network.
    outputs : tuple of str
        As in the network.
    """

    def __init__(self, network: Graph) -> None:
        self.inputs = dict(network.inputs)
        self.outputs = network.outputs
        self.dtype = network.dtype
        copies: dict[int, Layer] = {}
        for node in network.nodes:
            if id(node.layer) not in copies:
                copies[id(node.layer)] = _copied(node.layer)
        nodes = [node._replace(layer=copies[id(node.layer)]) for node in network.nodes]
        self._steps = fused(nodes, self.outputs, network.shapes, frozen=True)

    def __call__(self, *inputs: ArrayLike) -> Any:
        """Run the network; see :meth:`predict`."""
        return self.predict(*inputs)

    def predict(self, *inputs: ArrayLike, batch_size: int = 256) -> Any:
        """Run the network batch by batch, as ``network.predict`` does.

        The results differ from the network's in their last digits where a normalisation has
        become part of a convolution.
        """
        return predict(self._steps, self.inputs, self.outputs, self.dtype, inputs, batch_size)


def _copied(layer: Layer) -> Layer:
    """A layer with parameters and state of its own, which nobody can change."""
    twin = copy.copy(layer)
    twin.parameters = {name: array.copy() for name, array in layer.parameters.items()}
    twin.state = {name: array.copy() for name, array in layer.state.items()}
    for arrays in (twin.parameters, twin.state):
        for array in arrays.values():
            array.flags.writeable = False
    return twin
