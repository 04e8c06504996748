"""A node of a model, and what goes in and out of it, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["OnnxNode", "Port"]


class Port(NamedTuple):
    """An input or output of the model.

    Attributes
    ----------
    name : str
    dtype : dtype, or None
        None for what is no tensor of numbers.
    shape : tuple of (int or None), or None
        In ONNX's order, with the batch; None where the file says nothing.
    batch : str or int
        Size or name of the first axis: inputs of one batch have the same.
    """

    name: str
    dtype: Any
    shape: tuple[int | None, ...] | None
    batch: str | int = ""


@dataclass(frozen=True)
class OnnxNode:
    """One node, with what its opset leaves to the reader already read.

    Attributes
    ----------
    title : str
        Its own name, or that of what it computes: for messages.
    inputs, outputs : tuple of str
        Names of values; "" for one that is left out.
    """

    title: str
    operator: str
    domain: str
    opset: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(repr=False)

    def input(self, place: int) -> str | None:
        """Name of an input, None if it is left out."""
        return (self.inputs[place] or None) if place < len(self.inputs) else None

    def wants(self, place: int) -> str | None:
        """Name of an output, None if nobody asked for it."""
        return (self.outputs[place] or None) if place < len(self.outputs) else None

    def get(self, name: str, default: Any = None) -> Any:
        """Value of an attribute."""
        return self.attributes.get(name, default)
