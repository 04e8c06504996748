"""PyTorch, in whichever memory layout is the faster for a problem."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.benchmark.peers.peer import Peer, Rival
from stridewise.benchmark.problem import ConvProblem, PoolProblem, Problem
from stridewise.benchmark.timing import fastest

__all__ = ["Torch"]


class Torch(Peer):
    """Eager, without a tape forward; backward is what ``autograd.grad`` does, without forward.

    A max pooling keeps from its forward where the maxima were; Stridewise finds them again.
    """

    name = "torch"
    packages = ("torch",)

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        # Not `import torch`: the types of a package that is mostly not there say nothing.
        self._torch: Any = importlib.import_module("torch")
        self._F: Any = importlib.import_module("torch.nn.functional")
        self._torch.set_num_threads(threads)

    def convolution(self, problem: ConvProblem) -> Rival:
        """Run ``F.conv2d`` and its like."""
        return self._fastest([self._forward(problem, layout) for layout in self._layouts(problem)])

    def pooling(self, problem: PoolProblem) -> Rival | None:
        """Run ``F.max_pool2d``, ``F.avg_pool2d`` and their like."""
        if _is_padded_too_far(problem):
            return None
        return self._fastest([self._forward(problem, layout) for layout in self._layouts(problem)])

    def backward(self, problem: Problem) -> Rival | None:
        """Run ``autograd.grad`` for all inputs of the operation."""
        if isinstance(problem, PoolProblem) and _is_padded_too_far(problem):
            return None
        return self._fastest([self._backward(problem, layout) for layout in self._layouts(problem)])

    def _layouts(self, problem: Problem) -> list[Any]:
        """Channels first, and channels last where PyTorch has it."""
        torch = self._torch
        last = {2: [torch.channels_last], 3: [torch.channels_last_3d]}
        return [*last.get(problem.rank, []), torch.contiguous_format]

    @staticmethod
    def _fastest(rivals: list[Rival]) -> Rival:
        return rivals[fastest([rival.call for rival in rivals]) if len(rivals) > 1 else 0]

    def _forward(self, problem: Problem, layout: Any) -> Rival:
        operation, inputs = self._operation(problem, layout)
        return Rival(partial(operation, *inputs), lambda y: (_channels_last(y),))

    def _backward(self, problem: Problem, layout: Any) -> Rival:
        operation, inputs = self._operation(problem, layout)
        for tensor in inputs:
            tensor.requires_grad_()
        y = operation(*inputs)
        grad_y = self._image(problem.arrays.grad_y, layout)
        call = partial(self._torch.autograd.grad, y, inputs, grad_y, retain_graph=True)
        return Rival(call, _read_gradients)

    def _operation(
        self, problem: Problem, layout: Any
    ) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The function of the tensors, and the tensors."""
        torch, arrays = self._torch, problem.arrays
        padded, pads = self._padding(problem)
        settings: dict[str, Any] = {"stride": problem.stride, "padding": pads}
        inputs: tuple[Any, ...] = (self._image(arrays.x, layout),)
        if isinstance(problem, PoolProblem):
            name = "max_pool" if problem.pooling == "max" else "avg_pool"
            settings |= {"kernel_size": problem.kernel}
        else:
            name = "conv"
            settings |= {"dilation": problem.dilation, "groups": problem.groups}
            # (*kernel, in, out) to (out, in, *kernel)
            weight = torch.from_numpy(arrays.weight).movedim((-1, -2), (0, 1))
            weight = weight.contiguous(memory_format=layout)
            inputs += (weight, torch.from_numpy(arrays.bias.copy()))
        slide = partial(getattr(self._F, f"{name}{problem.rank}d"), **settings)
        return (lambda x, *own: slide(padded(x), *own)) if padded else slide, inputs

    def _padding(self, problem: Problem) -> tuple[Callable[[Any], Any] | None, tuple[int, ...]]:
        """What the operation itself pads; sides that are not alike want a padding before it."""
        if problem.pads_alike:
            return None, tuple(before for before, _ in problem.pads)
        value = -math.inf if isinstance(problem, PoolProblem) and problem.pooling == "max" else 0.0
        widths = [width for pair in reversed(problem.pads) for width in pair]
        return lambda x: self._F.pad(x, widths, value=value), (0,) * problem.rank

    def _image(self, array: Array, layout: Any) -> Any:
        return self._torch.from_numpy(array).movedim(-1, 1).contiguous(memory_format=layout)


def _is_padded_too_far(problem: PoolProblem) -> bool:
    """Whether more than half of a window can be padding, which PyTorch refuses."""
    return any(max(pad) > k // 2 for pad, k in zip(problem.pads, problem.kernel, strict=True))


def _channels_last(tensor: Any) -> Array:
    return np.asarray(tensor.detach().movedim(1, -1).numpy())


def _read_gradients(gradients: tuple[Any, ...]) -> tuple[Array, ...]:
    x, *own = gradients
    if not own:
        return (_channels_last(x),)
    weight, bias = own
    return _channels_last(x), weight.movedim((0, 1), (-1, -2)).numpy(), bias.numpy()
