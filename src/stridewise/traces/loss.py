"""From which element of an output the gradient starts, and with what."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks import cross_entropy, cross_entropy_backward
from stridewise.errors import NetworkError, OptionError, explain
from stridewise.layers import Activation, Operation
from stridewise.networks import Graph
from stridewise.options import require_choice, require_integer

__all__ = ["STARTS", "loss_of"]

STARTS = ("loss", "score")
LOGITS, PROBABILITIES = "cross-entropy", "cross-entropy of probabilities"

# A probability below this has a logarithm that says more of rounding than of the network.
_LEAST = 1e-12


def loss_of(network: Graph, y: Array, element: int | None, of: str) -> tuple[dict[str, Any], Array]:
    """The loss in words, and its gradient by ``y``, an output for one example.

    Of several numbers in a row: the cross-entropy of one of them, whether they are logits or
    what a softmax made of these. Else, and of a score, the element itself.
    """
    if not y.ndim:
        raise NetworkError(
            explain(
                "trace",
                "the output has no axis for examples.",
                needed="an output for each example, of shape (N, …)",
                received=f"{network.outputs[0]!r}, a single number",
                hint="a network that ends before its numbers are summed over the batch",
            )
        )
    require_choice("trace", "a gradient starts from something else.", of, STARTS)
    chosen = _element(y, element)
    is_vector = y.ndim == 2 and y.shape[-1] > 1
    kind = "element"
    if is_vector and of == "loss":
        kind = PROBABILITIES if _ends_in_softmax(network) else LOGITS
    value, gradient = _KINDS[kind](y, chosen)
    said = {"output": network.outputs[0], "element": chosen, "of": of, "kind": kind}
    # JSON has no word for what is not finite.
    return said | {"value": value if np.isfinite(value) else None}, gradient


def _element_itself(y: Array, chosen: int) -> tuple[float, Array]:
    gradient = np.zeros_like(y)
    gradient.flat[chosen] = 1
    return float(y.flat[chosen]), gradient


def _of_probabilities(y: Array, chosen: int) -> tuple[float, Array]:
    probability = max(float(y[0, chosen]), _LEAST)
    gradient = np.zeros_like(y)
    gradient[0, chosen] = -1 / probability
    return -math.log(probability), gradient


def _of_logits(y: Array, chosen: int) -> tuple[float, Array]:
    labels = np.array([chosen])
    return float(cross_entropy(y, labels)), cross_entropy_backward(1.0, y, labels)


_KINDS = {
    "element": _element_itself,
    LOGITS: _of_logits,
    PROBABILITIES: _of_probabilities,
}


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
