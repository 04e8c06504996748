"""A network as it is: layers whose inputs and outputs are named tensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from stridewise.arrays import Array, ArrayLike
from stridewise.layers import Layer, LayerGradients
from stridewise.layers.merge import added
from stridewise.networks.checking import checked_gradients, checked_inputs
from stridewise.networks.filling import fill
from stridewise.networks.frozen import FrozenNetwork
from stridewise.networks.fusion import fused
from stridewise.networks.inference import predict
from stridewise.networks.node import Node, in_order, located, require_layer, unknown_tensor
from stridewise.networks.shapes import OpenShape, float_dtype, input_shape, located_shape
from stridewise.networks.summary import summary
from stridewise.options import require_integer

__all__ = ["Graph", "NetworkGradients"]


class NetworkGradients(NamedTuple):
    """Gradients by the network's inputs and by its parameters, each under its name."""

    inputs: dict[str, Array]
    parameters: dict[str, Array]


class Graph:
    """An acyclic network with any number of inputs and outputs.

    Parameters
    ----------
    inputs : mapping of str to tuple of int
        Name and shape of every input, without the batch. A size may be None, to be known when
        the network runs; with None for the whole shape, an array is taken as it comes, dtype,
        batch and all.
    nodes : sequence of (name, layer, inputs)
        In any order.
    outputs : sequence of str
        Names of the tensors that the network returns.
    seed : int
        What the initial parameters are drawn from.
    arrays : mapping of str to array, optional
        Parameters and state to take instead, under the names that :attr:`parameters` and
        :attr:`state` give them; shapes are compared before anything is made.
    dtype : dtype
        Of the parameters, and what the inputs are brought to: float32 or float64.

    Raises
    ------
    NetworkError, ShapeError
        If a name is unknown or used twice, there is a cycle, or shapes do not fit.

    Examples
    --------
    >>> from stridewise.layers import Add, Conv2D
    >>> graph = Graph(
    ...     {"image": (5, 4, 2)},
    ...     [("conv", Conv2D(2, 3, padding="same"), ("image",)),
    ...      ("sum", Add(), ("conv", "image"))],
    ...     ["sum"])
    >>> y, cache = graph.forward(np.ones((3, 5, 4, 2)))
    >>> y.shape, sorted(graph.parameters)
    ((3, 5, 4, 2), ['conv/bias', 'conv/weight'])
    """

    def __init__(
        self,
        inputs: Mapping[str, OpenShape],
        nodes: Sequence[tuple[str, Layer, Sequence[str]]],
        outputs: Sequence[str],
        *,
        seed: int = 0,
        arrays: Mapping[str, Array] | None = None,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self.inputs = {name: input_shape(name, shape) for name, shape in inputs.items()}
        for _, layer, _ in nodes:
            require_layer(layer)
        self.nodes = in_order(self.inputs, [Node(n, la, tuple(i)) for n, la, i in nodes])
        self.outputs = tuple(outputs)
        self.dtype = float_dtype(dtype)
        self.shapes: dict[str, OpenShape] = dict(self.inputs)
        self._owner: dict[int, str] = {}  # a shared layer's parameters go by its first node
        rng = np.random.default_rng(require_integer("network", "seed", seed, at_least=0))
        for node in self.nodes:
            shapes = self.input_shapes(node)
            self.shapes[node.name] = located_shape(node, shapes)
            owner = self._owner.setdefault(id(node.layer), node.name)
            fill(node, shapes, owner, arrays, rng, self.dtype)
        if not self.outputs:
            raise unknown_tensor("outputs", "none", self.shapes)
        for name in self.outputs:
            if name not in self.shapes:
                raise unknown_tensor("outputs", name, self.shapes)

    def summary(self, *inputs: ArrayLike) -> str:
        """Say layer by layer: shape, parameters, multiply-adds, receptive field.

        Sizes that only a run can tell are told if there are ``inputs`` to run it on.
        """
        return summary(self, *inputs)

    def __repr__(self) -> str:
        numbers = sum(array.size for array in self.parameters.values())
        return f"{type(self).__name__}(layers: {len(self.nodes)}, parameters: {numbers:,})"

    def __call__(self, *inputs: ArrayLike) -> Any:
        """Run the network in inference; see :meth:`predict`."""
        return self.predict(*inputs)

    def input_shapes(self, node: Node) -> tuple[OpenShape, ...]:
        """Shapes of the tensors that a node takes."""
        return tuple(self.shapes[name] for name in node.inputs)

    @property
    def parameters(self) -> dict[str, Array]:
        """What training changes, as ``node/parameter``: the arrays themselves, not copies."""
        return self._arrays("parameters")

    @property
    def state(self) -> dict[str, Array]:
        """Running statistics, as ``node/state``: the arrays themselves, not copies."""
        return self._arrays("state")

    def _arrays(self, kind: str) -> dict[str, Array]:
        return {
            f"{node.name}/{name}": array
            for node in self.nodes
            if self._owner[id(node.layer)] == node.name
            for name, array in getattr(node.layer, kind).items()
        }

    def steps(
        self, *inputs: ArrayLike, training: bool = False
    ) -> Iterator[tuple[Node, Array, Any]]:
        """Run the network, and give every node with its output and its cache as it comes.

        A tensor is let go of when no node needs it any more.
        """
        tensors = dict(
            zip(self.inputs, checked_inputs(self.inputs, inputs, self.dtype), strict=True)
        )
        last_use = {name: node.name for node in self.nodes for name in node.inputs}
        for node in self.nodes:
            taken = (tensors[name] for name in node.inputs)
            with located(node):
                tensors[node.name], cache = node.layer.forward(*taken, training=training)
            yield node, tensors[node.name], cache
            for name in {node.name, *node.inputs}:
                if last_use.get(name, node.name) == node.name:
                    del tensors[name]

    def forward(self, *inputs: ArrayLike, training: bool = False) -> tuple[Any, dict[str, Any]]:
        """Run the network.

        Parameters
        ----------
        *inputs : array, (N, *shape)
            In the order in which they were declared.
        training : bool
            Whether dropout drops and normalisation uses the batch's statistics.

        Returns
        -------
        y : array, or tuple of arrays if there are several outputs
        cache : dict
            For :meth:`backward`.
        """
        kept = dict(zip(self.inputs, checked_inputs(self.inputs, inputs, self.dtype), strict=True))
        caches: dict[str, Any] = {}
        for node, y, cache in self.steps(*inputs, training=training):
            caches[node.name] = cache
            if node.name in self.outputs:
                kept[node.name] = y
        outputs = tuple(kept[name] for name in self.outputs)
        return (outputs[0] if len(outputs) == 1 else outputs), caches

    def backward(
        self,
        grad_y: Any,
        cache: dict[str, Any],
        *,
        inputs: bool = True,
        tensors: dict[str, Array] | None = None,
    ) -> NetworkGradients:
        """Send gradients back, from the outputs to the inputs.

        Parameters
        ----------
        grad_y : array, or tuple of arrays
            One for each output, of its shape.
        cache : dict
            What :meth:`forward` returned beside ``y``.
        inputs : bool
            Whether the gradients by the network's inputs are wanted. Without them there is less
            to compute: training has no use for them.
        tensors : dict, optional
            Where to put the gradients by all tensors in between, too, for whoever wants to see
            them.

        Returns
        -------
        NetworkGradients
            Tensors that several nodes take, and layers in several nodes, get the sum. What no
            output depends on has no entry.
        """
        flowing: dict[str, Array] = {}
        wanted = [self.shapes[name] for name in self.outputs]
        gradients_by_y = checked_gradients(wanted, grad_y, self.dtype)
        for name, gradient in zip(self.outputs, gradients_by_y, strict=True):
            _accumulate(flowing, name, gradient)
        parameters: dict[str, Array] = {}
        trained = self._trained(inputs)
        for node in reversed(self.nodes):
            if node.name not in flowing:  # no output depends on it
                continue
            by_y = flowing.pop(node.name)
            if tensors is not None:
                tensors[node.name] = by_y
            with located(node):
                if trained.isdisjoint(node.inputs):
                    own = node.layer.backward_parameters(by_y, cache[node.name])
                    gradients = LayerGradients((None,) * len(node.inputs), own)
                else:
                    gradients = node.layer.backward(by_y, cache[node.name])
            for name, by_input in zip(node.inputs, gradients.inputs, strict=True):
                if by_input is not None and name in trained:
                    _accumulate(flowing, name, by_input)
            for name, gradient in gradients.parameters.items():
                _accumulate(parameters, f"{self._owner[id(node.layer)]}/{name}", gradient)
        if tensors is not None:
            tensors.update(flowing)
        return NetworkGradients(flowing if inputs else {}, parameters)

    def _trained(self, inputs: bool) -> set[str]:
        """The tensors through which gradients flow to parameters, or also to the inputs."""
        found = set(self.inputs) if inputs else set()
        for node in self.nodes:
            if node.layer.parameters or not found.isdisjoint(node.inputs):
                found.add(node.name)
        return found

    def predict(self, *inputs: ArrayLike, batch_size: int = 256) -> Any:
        """Run the network in inference, batch by batch, keeping nothing but the outputs."""
        steps = fused(self.nodes, self.outputs, self.shapes)
        return predict(steps, self.inputs, self.outputs, self.dtype, inputs, batch_size)

    def frozen(self) -> FrozenNetwork:
        """Copy the network as it is now, arranged for inference alone: the fastest way to predict.

        Examples
        --------
        >>> from stridewise.networks import residual
        >>> network = residual((32, 32, 3), 10)
        >>> network.frozen().predict(np.zeros((1, 32, 32, 3))).shape
        (1, 10)
        """
        return FrozenNetwork(self)


def _accumulate(sums: dict[str, Array], name: str, gradient: Array) -> None:
    sums[name] = added(sums[name], gradient) if name in sums else gradient
