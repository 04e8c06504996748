"""The schema of a trace: a document of plain values, and arrays by name.

The document, version 1::

    {
      "schema": 1,
      "title": "lenet5",
      "inputs": ["input"], "outputs": ["dense_3"],
      "nodes": [
        {"name": "conv2d_1", "kind": "Conv2D", "title": "Conv2D", "inputs": ["input"],
         "shape": [28, 28, 6], "multiply_adds": 117600,
         "parameters": {"weight": [5, 5, 1, 6], "bias": [6]},
         "window": {"type": "convolution", "kernel": [5, 5], "stride": [1, 1],
                    "padding": [[2, 2], [2, 2]], "dilation": [1, 1], "groups": 1}},
        …
      ],
      "tensors": {"input": [28, 28, 1], …},
      "scales": {"y/input": 1.0, "weight/conv2d_1/weight": 0.48, …},
      "loss": {"kind": "cross-entropy", "output": "dense_3", "element": 7, "of": "loss",
               "value": 0.03},
      "labels": ["0", "1", …]
    }

``window`` is null where a node has none; pooling has the types ``max`` and ``average``, and
``ceil_mode`` and ``count_include_pad``. Shapes are those of one example, without the batch.
``scales`` has the largest finite magnitude of each array, or 1 where all is zero: colours end
there. The loss's ``value`` is null where it is not finite. A trace has these arrays:

=====================  ======================================================
name                   what
=====================  ======================================================
``y/NODE``             what the node gives (or the network's input of that name)
``grad/NODE``          the gradient of the loss by it
``weight/NODE/NAME``   a parameter
``grad_weight/NODE/NAME``  the gradient of the loss by it
=====================  ======================================================

A name that is missing means that there is no such thing: integers have no gradient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stridewise.arrays import Array

__all__ = ["SCHEMA", "Trace"]

SCHEMA = 1


@dataclass(frozen=True)
class Trace:
    """One run of a network on one example, forward and backward.

    Attributes
    ----------
    document : dict
        Plain values, as the module describes them.
    arrays : mapping of str to array
        By name; without the batch.
    """

    document: dict[str, Any]
    arrays: Mapping[str, Array]
