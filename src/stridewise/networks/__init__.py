"""Networks: layers put together."""

from stridewise.networks.description import build, describe
from stridewise.networks.graph import Graph, NetworkGradients
from stridewise.networks.node import Node
from stridewise.networks.sequential import Sequential
from stridewise.networks.summary import LayerFacts, layer_facts, summary
from stridewise.networks.zoo import (
    ZOO,
    digits_convnet,
    lenet5,
    residual,
    signs_convnet,
    zoo_network,
)

__all__ = [
    "ZOO",
    "Graph",
    "LayerFacts",
    "NetworkGradients",
    "Node",
    "Sequential",
    "build",
    "describe",
    "digits_convnet",
    "layer_facts",
    "lenet5",
    "residual",
    "signs_convnet",
    "summary",
    "zoo_network",
]
