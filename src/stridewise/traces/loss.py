"""From which element of an output the gradient starts, and with what."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks import cross_entropy, cross_entropy_backward
from stridewise.errors import OptionError, explain
from stridewise.layers import Activation, Operation
from stridewise.networks import Graph
from stridewise.options import require_integer

__all__ = ["loss_of"]

# A probability below this has a logarithm that says more of rounding than of the network.
_LEAST = 1e-12


def loss_of(network: Graph, y: Array, element: int | None) -> tuple[dict[str, Any], Array]:
    """The loss in words, and its gradient by ``y``, an output for one example.

    Of several numbers in a row: the cross-entropy of one of them, whether they are logits or
    what a softmax made of these. Else the element itself.
    """
    chosen = _element(y, element)
    said = {"output": network.outputs[0], "element": chosen}
    if y.ndim != 2 or y.shape[-1] < 2:
        gradient = np.zeros_like(y)
        gradient.flat[chosen] = 1
        return said | {"kind": "element", "value": float(y.flat[chosen])}, gradient
    if _ends_in_softmax(network):
        probability = max(float(y[0, chosen]), _LEAST)
        gradient = np.zeros_like(y)
        gradient[0, chosen] = -1 / probability
        return said | {
            "kind": "cross-entropy of probabilities",
            "value": -np.log(probability),
        }, gradient
    labels = np.array([chosen])
    value = float(cross_entropy(y, labels))
    return said | {"kind": "cross-entropy", "value": value}, cross_entropy_backward(1.0, y, labels)


def _element(y: Array, element: int | None) -> int:
    if element is None:
        return int(np.argmax(y[0]))
    chosen = require_integer("trace", "element", element, at_least=0)
    if chosen >= y[0].size:
        raise OptionError(
            explain(
                "trace",
                "the output has no such element.",
                needed=f"0 to {y[0].size - 1}",
                received=f"element={element}",
                hint="no element, for the largest",
            )
        )
    return chosen


def _ends_in_softmax(network: Graph) -> bool:
    last = next((node for node in network.nodes if node.name == network.outputs[0]), None)
    if last is None:
        return False
    function = getattr(last.layer, "function", None)
    return isinstance(last.layer, Activation | Operation) and function == "softmax"
