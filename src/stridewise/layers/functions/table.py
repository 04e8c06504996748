"""All functions by name: the glue, and the blocks for graphs that compute their weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.glue import FUNCTIONS as GLUE
from stridewise.glue import Function
from stridewise.glue.function import Full, Gradients, broadcast_shape, same_shape
from stridewise.layers.functions.resizing import resize, resize_backward, resized_shape
from stridewise.layers.functions.scaling import (
    batch_norm_known,
    batch_norm_known_backward,
    group_norm_by_group,
    layer_norm,
    layer_norm_backward,
    prelu,
    prelu_backward,
    swish,
)
from stridewise.layers.functions.windows import (
    conv_transpose_to_size,
    fold_first,
    global_lp_pool,
    max_pool_places,
    max_unpool_places,
)

__all__ = ["FUNCTIONS"]


def _block(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    arrays: int,
    shape: Callable[..., Full] | None = None,
) -> Function:
    """A block as a function of the table; its backward takes the first ``arrays`` of them."""

    def gradients(grad_y: Array, *arguments: Array, **settings: Any) -> Gradients:
        found = backward(grad_y, *arguments[:arrays], **settings)
        return tuple(found) if isinstance(found, tuple) else (found,)

    return Function(forward, gradients, shape)


def _deformed(rank: int) -> Function:
    """A deformable convolution; of bias and mask, its backward takes only the mask."""
    backward = getattr(blocks, f"deform_conv{rank}d_backward")

    def gradients(
        grad_y: Array,
        x: Array,
        offset: Array,
        weight: Array,
        bias: Array | None = None,  # noqa: ARG001 - what the forward took
        mask: Array | None = None,
        **settings: Any,
    ) -> Gradients:
        return tuple(backward(grad_y, x, offset, weight, mask, **settings))

    return Function(getattr(blocks, f"deform_conv{rank}d"), gradients)


def _kept(shape: Full, *_: Full, **__: Any) -> Full:
    """Global pooling that keeps its axes."""
    return (shape[0], *(1,) * (len(shape) - 2), shape[-1])


def _pooled(shape: Full, keepdims: bool = False, **_: Any) -> Full:
    return _kept(shape) if keepdims else (shape[0], shape[-1])


def _from(forward: Callable[..., Array], backward: Callable[..., Array]) -> Function:
    """Softmax over all axes from one on, taken as one."""

    def rows(x: Array, axis: int) -> Array:
        return x.reshape(*x.shape[: axis % x.ndim], -1)

    def whole(x: Array, axis: int) -> Array:
        return forward(rows(x, axis)).reshape(x.shape)

    def gradient(grad_y: Array, x: Array, axis: int) -> Gradients:
        return (backward(rows(grad_y, axis), rows(x, axis)).reshape(x.shape),)

    return Function(whole, gradient, same_shape)


_BY_RANK = {
    f"{name}{rank}d": _block(
        getattr(blocks, f"{name}{rank}d"), getattr(blocks, f"{name}{rank}d_backward"), arrays
    )
    for rank in (1, 2, 3)
    for name, arrays in (("conv", 2), ("conv_transpose", 2))
}

_BLOCKS: dict[str, Function] = {
    "softmax": _block(blocks.softmax, blocks.softmax_backward, 1, same_shape),
    "log_softmax": _block(blocks.log_softmax, blocks.log_softmax_backward, 1, same_shape),
    "softmax_from": _from(blocks.softmax, blocks.softmax_backward),
    "log_softmax_from": _from(blocks.log_softmax, blocks.log_softmax_backward),
    "erf": _block(blocks.erf, blocks.erf_backward, 1, same_shape),
    "swish": Function(swish, None, same_shape),
    "prelu_broadcast": Function(prelu, prelu_backward, broadcast_shape),
    "batch_norm": _block(blocks.batch_norm, blocks.batch_norm_backward, 2, same_shape),
    "batch_norm_known": Function(batch_norm_known, batch_norm_known_backward, same_shape),
    "layer_norm": Function(layer_norm, layer_norm_backward, same_shape),
    "rms_norm": _block(blocks.rms_norm, blocks.rms_norm_backward, 2, same_shape),
    "group_norm": _block(blocks.group_norm, blocks.group_norm_backward, 2, same_shape),
    "group_norm_by_group": Function(group_norm_by_group, None, same_shape),
    "instance_norm": _block(blocks.instance_norm, blocks.instance_norm_backward, 2, same_shape),
    "global_avg_pool": _block(blocks.global_avg_pool, blocks.global_avg_pool_backward, 1, _pooled),
    "global_max_pool": _block(blocks.global_max_pool, blocks.global_max_pool_backward, 1, _pooled),
    "global_lp_pool": Function(global_lp_pool, None, _kept),
    "max_pool_places": Function(max_pool_places),
    "max_unpool_places": Function(max_unpool_places),
    "fold_first": Function(fold_first),
    "resize": Function(resize, resize_backward, resized_shape),
    **{
        f"conv_transpose{rank}d_to_size": Function(conv_transpose_to_size(rank))
        for rank in (1, 2, 3)
    },
    **{f"deform_conv{rank}d": _deformed(rank) for rank in (1, 2, 3)},
}

_LOCAL = ("batch_norm_known", "erf", "prelu_broadcast", "swish")

FUNCTIONS: dict[str, Function] = {**GLUE, **_BY_RANK, **_BLOCKS} | {
    name: _BLOCKS[name]._replace(local=True) for name in _LOCAL
}
