"""Put a network together, value by value; what is constant is computed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.exchange.onnx.folding import Folding
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.reading import refuse
from stridewise.exchange.onnx.values import OPEN, SIZE_OF_BATCH, Value, channels_last
from stridewise.layers import Layer, Operation
from stridewise.networks import Node
from stridewise.networks.shapes import OpenShape, located_shape

__all__ = ["Builder"]

# What carries sizes along as they are, whether they are known or stand for the batch.
_CARRIERS = ("concat", "gather", "identity", "slice", "split", "squeeze", "unsqueeze")


class Builder:
    """Collects the nodes of a network, while translators tell it what to compute.

    Attributes
    ----------
    values : dict of str to Value
        What is known of the model's values so far.
    nodes : list of (name, layer, inputs)
        Of the network. A node has the name of the ONNX value that it computes.
    shapes : dict of str to OpenShape
        Of the network's tensors, without the batch.
    sizes : dict of str to array
        What is known of integers that a run computes from shapes: see ``values.SIZE_OF_BATCH``.
    dtype : dtype
        Of the network's parameters.
    mark : str
        Between the name of a value and what was made of it: in no name of the model.
    """

    def __init__(
        self, dtype: np.dtype[Any], batch: int | None, numbers: int = 0, mark: str = ":"
    ) -> None:
        self.mark = mark
        self.values: dict[str, Value] = {}
        self.nodes: list[tuple[str, Layer, list[str]]] = []
        self.shapes: dict[str, OpenShape] = {}
        self.sizes: dict[str, Array] = {}
        self.dtype = dtype
        self.batch = batch
        self._folding = Folding(numbers)

    def constant(self, name: str | None) -> Array | None:
        """Give the numbers of a value, if they are known."""
        return None if name is None else self.values[name].constant

    def place(
        self,
        output: str,
        layer: Layer,
        inputs: Sequence[Value],
        *,
        rank: int | None,
        last: bool = False,
        batched: bool = True,
        arrays: Mapping[str, Array] | None = None,
    ) -> None:
        """Add a layer, with its own arrays, that gives the value ``output``."""
        for name, array in (arrays or {}).items():
            shelf = layer.state if name in ("mean", "variance") else layer.parameters
            shelf[name] = self._folding.own(array, self.dtype)
        batched = batched and any(value.batched for value in inputs)
        tensors = [value.tensor for value in inputs]
        self._give(layer, tensors, Value(output, None, rank, last, batched))

    def call(
        self,
        output: str,
        function: str,
        *arguments: Value,
        rank: int | None = None,
        last: bool = False,
        batched: bool = False,
        **settings: Any,
    ) -> Value:
        """Add a function of the table; if all its arguments are constant, compute it."""
        known = [value.constant for value in arguments]
        given = [array for array in known if array is not None]
        if Folding.can(function) and len(given) == len(known):
            layer = Operation(function, settings)
            self.values[output] = Value(constant=self._folding.compute(layer, given))
            return self.values[output]
        if function in _CARRIERS and self._carries(
            output, Operation(function, settings), arguments
        ):
            return self.values[output]
        layer = self._operation(function, settings, known)
        tensors = [value.tensor for value in arguments if value.constant is None]
        batched = batched and any(value.batched for value in arguments)
        self._give(layer, tensors, Value(output, None, rank, last, batched))
        return self.values[output]

    def require_axes(self, node: OnnxNode) -> None:
        """Refuse axes outside an array of known rank; a new one may lie beside the others."""
        axes = node.get("axis", node.get("axes"))
        named = [axes] if isinstance(axes, int) else axes or []
        value = self.values[node.inputs[0]] if node.input(0) else Value()
        rank = value.axes
        # Unsqueeze counts among the axes that there will be.
        most = 0 if rank is None else rank + (len(named) - 1) * (node.operator == "Unsqueeze")
        if rank is not None and any(not -most - 1 <= axis <= most for axis in named):
            raise refuse(
                "there is no such axis.",
                needed=f"axes from {-rank} to {rank - 1}",
                received=str(axes)[:200],
                hint="onnx.checker.check_model, for more detail",
            )

    def alias(self, output: str, value: Value) -> None:
        """Give a value a second name."""
        self.values[output] = value

    def derived(self, name: str, ending: str) -> str:
        """Name something that is made of a value, as nothing in the model is named."""
        return f"{name}{self.mark}{ending}"

    def once(self, name: str, function: str, value: Value, **settings: Any) -> Value:
        """Call a function for a derived value, unless that is there already."""
        return (
            self.values[name]
            if name in self.values
            else self.call(name, function, value, **settings)
        )

    def plain(self, name: str) -> Value:
        """Give a value in ONNX's layout."""
        return self._in_layout(name, last=False)

    def last(self, name: str, rank: int | None = None) -> Value:
        """Give a value with channels last; ``rank`` is what the operator knows of it."""
        value = self.values[name]
        if value.constant is not None:
            tensor = self.derived(name, "tensor")
            self.alias(tensor, self.tensor(name))
            return self._in_layout(tensor, last=True, rank=value.constant.ndim)
        return self._in_layout(name, last=True, rank=rank)

    def tensor(self, name: str) -> Value:
        """Give a value as a tensor of the network, even if it is constant."""
        value = self.values[name]
        if value.constant is None:
            return value
        kept = self.derived(name, "constant")
        if kept not in self.values:
            layer = self._operation("identity", {}, [value.constant])
            self._add(kept, layer, [])
            self.values[kept] = Value(kept, None, value.axes)
        return self.values[kept]

    def together(self, names: Sequence[str]) -> tuple[list[Value], int | None, bool]:
        """Bring values that meet element by element into one layout; also its rank."""
        values = [self.values[name] for name in names]
        ranks = [v.axes for v in values]
        rank = None if None in ranks else max(r for r in ranks if r is not None)
        last = [v.rank for v in values if v.last]
        fits = rank is not None and last and set(last) == {rank}
        if not fits:
            return [self.plain(name) for name in names], rank, False
        assert rank is not None
        aligned = []
        for name, value, own in zip(names, values, ranks, strict=True):
            if value.constant is not None:
                aligned.append(Value(constant=channels_last(value.constant, rank)))
            elif own == 0:
                aligned.append(value)
            else:
                missing = rank - (own or 0)
                if missing:
                    name = self.derived(name, f"{rank}")
                    self.once(name, "unsqueeze", value, rank=rank, axes=[*range(missing)])
                aligned.append(self.last(name, rank))
        return aligned, rank, True

    def _give(self, layer: Layer, tensors: list[str], value: Value) -> None:
        """Add a layer that gives a value; channels last of unknown rank go back in front."""
        name = value.tensor
        if value.last and value.rank is None:
            moved = self.derived(name, "last")
            self._give(layer, tensors, value._replace(tensor=moved, last=False))
            self.values[moved] = self.values[moved]._replace(last=True)
            layer, tensors = Operation("move_axis", {"source": -1, "target": 1}), [moved]
            value = self.values[moved]._replace(tensor=name, last=False)
        self._add(name, layer, tensors)
        # Where all shapes are known, they tell whether the batch stays in front.
        is_lost = self.shapes[name] is None and None not in map(self.shapes.get, tensors)
        self.values[name] = value._replace(batched=value.batched and not is_lost)

    def _operation(
        self, function: str, settings: dict[str, Any], known: Sequence[Array | None]
    ) -> Operation:
        """A function of the table, with what is known of its arguments as its own."""
        own = {str(place): array for place, array in enumerate(known) if array is not None}
        trained = {p: a for p, a in own.items() if a.dtype.kind == "f" and a.size > 1}
        constants = {
            place: [array.dtype.name, Folding.listed(array)]
            for place, array in own.items()
            if place not in trained
        }
        shapes = {place: list(array.shape) for place, array in trained.items()}
        layer = Operation(function, settings, shapes, constants)
        for place, array in trained.items():
            layer.parameters[f"argument_{place}"] = self._folding.own(array, self.dtype)
        return layer

    def _add(self, output: str, layer: Layer, tensors: list[str]) -> None:
        self.nodes.append((output, layer, tensors))
        shapes = tuple(self.shapes.get(name) for name in tensors)
        self.shapes[output] = located_shape(Node(output, layer, tuple(tensors)), shapes)

    def _carries(self, output: str, layer: Operation, arguments: Sequence[Value]) -> bool:
        """Follow sizes through a function; say whether they turn out to be constant."""
        known = [self.sizes.get(v.tensor) if v.constant is None else v.constant for v in arguments]
        arrays = [array for array in known if array is not None]
        if len(arrays) < len(known):
            return False
        sizes = self._folding.compute(layer, arrays)
        self.sizes[output] = sizes
        if np.isin(sizes, (SIZE_OF_BATCH, OPEN)).any():
            return False
        self.values[output] = Value(constant=sizes)
        return True

    def _in_layout(self, name: str, *, last: bool, rank: int | None = None) -> Value:
        value = self.values[name]
        if value.constant is not None or value.last == last:
            return value
        rank = value.rank if rank is None else rank
        moved = self.derived(name, "last" if last else "first")
        if moved not in self.values:
            ends = (1, -1) if last else (-1, 1)
            self.call(
                moved,
                "move_axis",
                value,
                rank=rank,
                batched=True,
                source=ends[0],
                target=ends[1],
            )
            self.values[moved] = self.values[moved]._replace(last=last)
        return self.values[moved]
