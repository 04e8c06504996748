"""Whole training steps: forward, loss, backward, and a step of SGD with momentum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stridewise.arrays import Array
from stridewise.benchmark.checking import DisagreementError
from stridewise.benchmark.measure import Effort
from stridewise.benchmark.peers import Torch
from stridewise.benchmark.peers.torch_training import training_step as torch_training_step
from stridewise.benchmark.timing import medians
from stridewise.blocks import cross_entropy, cross_entropy_backward
from stridewise.errors import explain
from stridewise.layers import Conv2D
from stridewise.networks import Graph, lenet5, residual
from stridewise.training import SGD

__all__ = ["NETWORKS", "TrainingStep", "batch_for", "measure_training", "network", "training_step"]

RATE, MOMENTUM = 0.01, 0.9
_CLASSES = 10
# Of the loss, after one step: the second loss shows that gradients and the step agree.
_TOLERANCE = 1e-3

NETWORKS: dict[str, tuple[Callable[..., Graph], tuple[int, int, int]]] = {
    "lenet5": (lenet5, (28, 28, 1)),
    "residual": (residual, (32, 32, 3)),
}


@dataclass(frozen=True)
class TrainingStep:
    """Seconds of one step; ``torch`` is None where PyTorch does not take part."""

    network: str
    batch: int
    seconds: float
    torch: float | None

    @property
    def ratio(self) -> float | None:
        """How often Stridewise finishes while PyTorch runs once."""
        return None if self.torch is None else self.torch / self.seconds


def measure_training(name: str, batch: int, peer: Torch | None, effort: Effort) -> TrainingStep:
    """Train one network on noise, beside PyTorch if it is there.

    Raises
    ------
    DisagreementError
        If PyTorch's losses are others, from the same parameters.
    """
    graph = network(name)
    x, labels = batch_for(name, batch)
    calls = []
    if peer is not None:
        theirs = torch_training_step(name, graph.parameters, x, labels, RATE, MOMENTUM)
        mine = training_step(graph, x, labels)
        for step in range(2):
            _compare(name, step, mine(), theirs())
        calls.append(theirs)
    seconds = medians(
        [training_step(network(name), x, labels), *calls], effort.rounds, effort.least_seconds
    )
    return TrainingStep(name, batch, seconds[0], seconds[1] if calls else None)


def network(name: str) -> Graph:
    """Make the network, padded alike on both sides: so do all frameworks without being told."""
    make, shape = NETWORKS[name]
    graph = make(shape, _CLASSES)
    for node in graph.nodes:
        if isinstance(node.layer, Conv2D) and node.layer.padding == "same":
            node.layer.padding = int(np.max(node.layer.kernel_size)) // 2
    return graph


def batch_for(name: str, batch: int) -> tuple[Array, Array]:
    """Images of noise, and labels."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, *NETWORKS[name][1]), np.float32)
    return x, rng.integers(0, _CLASSES, batch)


def training_step(graph: Graph, x: Array, labels: Array) -> Callable[[], float]:
    """The call that trains by one step, and gives the loss before it."""
    optimizer = SGD(momentum=MOMENTUM)

    def step() -> float:
        logits, cache = graph.forward(x, training=True)
        loss = cross_entropy(logits, labels)
        grad_logits = cross_entropy_backward(1.0, logits, labels)
        gradients = graph.backward(grad_logits, cache, inputs=False)
        optimizer.step(graph.parameters, gradients.parameters, RATE)
        return float(loss)

    return step


def _compare(name: str, step: int, mine: float, theirs: float) -> None:
    if not abs(theirs - mine) <= _TOLERANCE * abs(mine):
        raise DisagreementError(
            explain(
                f"bench, a training step of {name}",
                "torch computes another loss.",
                needed=f"{mine:.6g} in step {step + 1}",
                received=f"{theirs:.6g}",
                hint="the network on `--engine loops`, to see which of the two is wrong",
            )
        )
