"""Stridewise as a backend of ONNX: models in, ONNX's own layouts and dtypes in and out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, helper
from onnx.backend.base import Backend, BackendRep

from stridewise.arrays import Array
from stridewise.errors import OptionError, ShapeError, explain
from stridewise.exchange.onnx.loading import Border, Translation, translate

__all__ = ["StridewiseBackend"]


class StridewiseRep(BackendRep):
    """A model that is ready to run."""

    def __init__(self, translation: Translation) -> None:
        self.translation = translation

    def run(self, inputs: Any, **kwargs: Any) -> tuple[Array, ...]:  # noqa: ARG002 - of onnx
        """Run the model on arrays in ONNX's layout: a sequence, or a mapping by name."""
        translation = self.translation
        if isinstance(inputs, dict):
            inputs = [inputs[border.name] for border in translation.inputs]
        elif not isinstance(inputs, Sequence):
            inputs = [inputs]
        if len(inputs) != len(translation.inputs):
            raise ShapeError(
                explain(
                    "onnx",
                    "the number of inputs is wrong.",
                    needed=", ".join(border.name for border in translation.inputs) or "none",
                    received=str(len(inputs)),
                    hint="one array for each input of the model",
                )
            )
        arrays = [
            np.moveaxis(np.asarray(x), 1, -1) if border.last else np.asarray(x)
            for x, border in zip(inputs, translation.inputs, strict=True)
        ]
        results: Any = ()
        if translation.graph is not None:
            biggest = max((len(array) for array in arrays if array.ndim), default=1)
            results = translation.graph.predict(*arrays, batch_size=max(biggest, 1))
            results = results if isinstance(results, tuple) else (results,)
        coming = iter(results)
        return tuple(
            _leave(border, next(coming) if border.constant is None else border.constant)
            for border in translation.outputs
        )


class StridewiseBackend(Backend):
    """ONNX's interface to a runtime: ``prepare(model).run(inputs)``.

    Examples
    --------
    >>> from onnx import helper
    >>> node = helper.make_node("Relu", ["x"], ["y"])
    >>> StridewiseBackend.run_node(node, [np.float32([-1, 2])])
    (array([0., 2.], dtype=float32),)
    """

    @classmethod
    def prepare(
        cls,
        model: ModelProto,
        device: str = "CPU",
        **kwargs: Any,  # noqa: ARG003 - onnx's interface has it
    ) -> StridewiseRep:
        """Make a model ready to run.

        Parameters
        ----------
        model : onnx.ModelProto
        device : "CPU"

        Raises
        ------
        DataError
            As in :func:`load`.
        """
        _require_cpu(cls, device)
        return StridewiseRep(translate(model))

    @classmethod
    def run_node(
        cls,
        node: NodeProto,
        inputs: Any,
        device: str = "CPU",
        outputs_info: Any = None,  # noqa: ARG003 - dtypes come out by themselves
        **kwargs: Any,
    ) -> tuple[Array, ...]:
        """Run one node on arrays, one for each input that is not left out.

        ``opset_version=`` says by which opset to read it; the newest by default.
        """
        _require_cpu(cls, device)
        arrays = [np.asarray(x) for x in inputs]
        names = list(dict.fromkeys(filter(None, node.input)))
        infos = [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape
            )
            for name, array in zip(names, arrays, strict=True)
        ]
        outputs = [helper.make_empty_tensor_value_info(name) for name in node.output if name]
        graph = helper.make_graph([node], "node", infos, outputs)
        version = kwargs.get("opset_version")
        opsets = [helper.make_opsetid("", version)] if version else None
        model = helper.make_model(graph, opset_imports=opsets)
        return cls.prepare(model).run(arrays)

    @classmethod
    def supports_device(cls, device: str) -> bool:
        """Only "CPU"."""
        return device.partition(":")[0] == "CPU"


def _require_cpu(backend: type[StridewiseBackend], device: str) -> None:
    if not backend.supports_device(device):
        raise OptionError(
            explain(
                "onnx",
                "there is no such device.",
                needed="CPU",
                received=repr(device),
                hint='device="CPU"',
            )
        )


def _leave(border: Border, y: Array) -> Array:
    """An output in ONNX's layout and in the dtype that the model declares."""
    moved = np.moveaxis(y, -1, 1) if border.last else y
    return np.ascontiguousarray(
        moved if border.dtype is None else moved.astype(border.dtype)
    ).reshape(moved.shape)
