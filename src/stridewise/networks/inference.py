"""Running a network for its outputs alone: nothing else is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from stridewise.arrays import Array, ArrayLike
from stridewise.networks.checking import checked_inputs
from stridewise.networks.node import Node, located
from stridewise.networks.shapes import OpenShape
from stridewise.options import require_integer

__all__ = ["Step", "predict"]


class Step(NamedTuple):
    """What is computed at once: a node, or a convolution with nodes that follow it.

    Attributes
    ----------
    name : str
        Of the tensor that comes out.
    inputs : tuple of str
        Tensors that go in.
    node : Node
        Whose name an error carries.
    compute : callable
        Takes the inputs, gives the tensor.
    """

    name: str
    inputs: tuple[str, ...]
    node: Node
    compute: Callable[..., Array]


def predict(
    steps: Sequence[Step],
    declared: Mapping[str, OpenShape],
    outputs: Sequence[str],
    dtype: np.dtype[Any],
    inputs: Sequence[ArrayLike],
    batch_size: int,
) -> Any:
    """Run the steps, batch by batch: one array, or a tuple of them if there are several outputs.

    An input whose batch nobody knows is not cut.
    """
    arrays = checked_inputs(declared, inputs, dtype)
    require_integer("predict", "batch_size", batch_size, at_least=1)
    parts = []
    whole = None in declared.values() or len(arrays[0]) <= batch_size
    for start in (0,) if whole else range(0, len(arrays[0]), batch_size):
        batch = arrays if whole else [a[start : start + batch_size] for a in arrays]
        parts.append(_run(steps, dict(zip(declared, batch, strict=True)), outputs))
    joined = tuple(each[0] if whole else np.concatenate(each) for each in zip(*parts, strict=True))
    return joined[0] if len(joined) == 1 else joined


def _run(
    steps: Sequence[Step], tensors: dict[str, npt.NDArray[Any]], outputs: Sequence[str]
) -> list[Array]:
    """The outputs; a tensor is let go of when no step needs it any more."""
    last_use = {name: number for number, step in enumerate(steps) for name in step.inputs}
    last_use |= dict.fromkeys(outputs, len(steps))
    for number, step in enumerate(steps):
        taken = [tensors[name] for name in step.inputs]
        with located(step.node):
            tensors[step.name] = step.compute(*taken)
        del taken
        for name in {step.name, *step.inputs}:
            if last_use.get(name, number) == number:
                del tensors[name]
    return [tensors[name] for name in outputs]
