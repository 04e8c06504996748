"""ONNX Runtime: a model of one node, whose weights are constants that it may rearrange."""

from __future__ import annotations

import importlib
from functools import partial
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.benchmark.peers.peer import Peer, Rival
from stridewise.benchmark.problem import ConvProblem, PoolProblem, Problem

__all__ = ["OnnxRuntime"]

# Old enough for every release of the last years.
_OPSET, _IR = 17, 8


class OnnxRuntime(Peer):
    """Forward only, channels first, as its convolutions want it."""

    name = "onnxruntime"
    packages = ("onnxruntime", "onnx")

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self._onnx: Any = importlib.import_module("onnx")
        self._runtime: Any = importlib.import_module("onnxruntime")

    def convolution(self, problem: ConvProblem) -> Rival:
        """Run a ``Conv``."""
        weight = np.ascontiguousarray(np.moveaxis(problem.arrays.weight, (-1, -2), (0, 1)))
        constants = {"weight": weight, "bias": problem.arrays.bias}
        settings = {"dilations": problem.dilation, "group": problem.groups}
        return self._rival(problem, "Conv", constants, settings)

    def pooling(self, problem: PoolProblem) -> Rival:
        """Run a ``MaxPool`` or an ``AveragePool``."""
        if problem.pooling == "max":
            return self._rival(problem, "MaxPool", {}, {})
        return self._rival(problem, "AveragePool", {}, {"count_include_pad": 1})

    def _rival(
        self, problem: Problem, kind: str, constants: dict[str, Array], settings: dict[str, Any]
    ) -> Rival:
        befores, afters = zip(*problem.pads, strict=True)
        node = self._onnx.helper.make_node(
            kind,
            ["x", *constants],
            ["y"],
            kernel_shape=problem.kernel,
            strides=problem.stride,
            pads=[*befores, *afters],
            **settings,
        )
        x = np.ascontiguousarray(np.moveaxis(problem.arrays.x, -1, 1))
        session = self._session(node, constants, x.shape)
        return Rival(
            partial(session.run, None, {"x": x}), lambda found: (np.moveaxis(found[0], 1, -1),)
        )

    def _session(self, node: Any, constants: dict[str, Array], x_shape: tuple[int, ...]) -> Any:
        helper, onnx = self._onnx.helper, self._onnx
        real = onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            [node],
            "one_node",
            [helper.make_tensor_value_info("x", real, x_shape)],
            [helper.make_tensor_value_info("y", real, None)],
            [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()],
        )
        opset = helper.make_opsetid("", _OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=_IR)
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        return self._runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
