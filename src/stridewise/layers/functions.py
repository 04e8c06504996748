"""The functions that an :class:`~stridewise.layers.Operation` may name.

The glue, and the blocks for the graphs that compute their weights. A few entries at the end are
blocks in the conventions of graphs: sizes told instead of padding, indices into whole tensors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.blocks.aspect_ratio import keep_aspect_ratio
from stridewise.blocks.axis_resizing import (
    resize_axes,
    resize_axes_backward,
)
from stridewise.blocks.interpolation import Interpolation
from stridewise.glue import FUNCTIONS as GLUE
from stridewise.glue import Function
from stridewise.glue.function import Full, Gradients, bounded, integers, unbroadcast
from stridewise.specs import ConvSpec

__all__ = ["FUNCTIONS"]


def _block(
    forward: Callable[..., Any], backward: Callable[..., Any], arrays: int, *, same: bool = False
) -> Function:
    """A block as a function of the table; its backward takes the first ``arrays`` of them."""

    def gradients(grad_y: Array, *arguments: Array, **settings: Any) -> Gradients:
        found = backward(grad_y, *arguments[:arrays], **settings)
        return tuple(found) if isinstance(found, tuple) else (found,)

    return Function(forward, gradients, _as_first if same else None)


def _single(
    forward: Callable[..., Array], backward: Callable[..., Array]
) -> tuple[Callable[..., Array], Callable[..., Gradients]]:
    """A block with one gradient."""

    def gradients(grad_y: Array, x: Array, **settings: Any) -> Gradients:
        return (backward(grad_y, x, **settings),)

    return forward, gradients


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


def _as_first(shape: Full, *_: Full, **__: Any) -> Full:
    return shape


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

    return Function(whole, gradient, _as_first)


def _batch_norm_known(
    x: Array, weight: Array, bias: Array, mean: Array, variance: Array, epsilon: float
) -> Array:
    return blocks.batch_norm(x, weight, bias, mean=mean, variance=variance, epsilon=epsilon)


def _batch_norm_known_backward(
    grad_y: Array,
    x: Array,
    weight: Array,
    bias: Array,  # noqa: ARG001 - what the forward took
    mean: Array,
    variance: Array,
    epsilon: float,
) -> Gradients:
    return blocks.batch_norm_backward(
        grad_y, x, weight, mean=mean, variance=variance, epsilon=epsilon
    )


def _group_norm_by_group(
    x: Array, weight: Array, bias: Array, groups: int, epsilon: float
) -> Array:
    """Scale and shift are one number a group, as they were before ONNX's opset 21."""
    size = x.shape[-1] // groups
    scale, shift = np.repeat(weight, size), np.repeat(bias, size)
    return blocks.group_norm(x, scale, shift, groups=groups, epsilon=epsilon)


def _prelu(x: Array, slope: Array) -> Array:
    return np.where(x < 0, x * slope, x)


def _prelu_backward(grad_y: Array, x: Array, slope: Array) -> Gradients:
    by_slope = np.where(x < 0, grad_y * x, 0).astype(x.dtype)
    return np.where(x < 0, grad_y * slope, grad_y), unbroadcast(by_slope, slope.shape)


def _swish(x: Array, alpha: float) -> Array:
    return x * blocks.sigmoid(x * x.dtype.type(alpha))


def _global_lp_pool(x: Array, p: float) -> Array:
    axes = tuple(range(1, x.ndim - 1))
    lengths: Array = (np.abs(x) ** p).sum(axes, keepdims=True) ** (1 / p)
    return lengths.astype(x.dtype)


def _max_pool_places(x: Array, columns_first: bool = False, **options: Any) -> Array:
    """Where each maximum stands, counted in the whole tensor (N, C, *spatial)."""
    found = blocks.max_pool_with_indices(x.ndim - 2, x, **options).indices
    size, (N, C) = x.shape[1:-1], (x.shape[0], x.shape[-1])
    if columns_first:
        places = np.unravel_index(found, size)
        found = np.ravel_multi_index(places, size, order="F")
    planes = np.arange(N * C).reshape(N, *(1,) * (x.ndim - 2), C)
    return np.asarray(found + planes * math.prod(size))


def _max_unpool_places(
    x: Array,
    places: Array,
    output_shape: Any = None,
    *,
    kernel_size: list[int],
    stride: list[int],
    padding: list[list[int]],
) -> Array:
    """The inverse of :func:`_max_pool_places`.

    Places count in the size that the options give; a larger output holds that in its corner.
    """
    windows = zip(x.shape[1:-1], kernel_size, stride, padding, strict=True)
    size = [(n - 1) * step - sum(pair) + kernel for n, kernel, step, pair in windows]
    wanted = size if output_shape is None else integers(output_shape)[2:]
    bounded((x.shape[0], *wanted, x.shape[-1]))
    inside = places % math.prod(size)
    if wanted != size:
        inside = np.ravel_multi_index(np.unravel_index(inside, size), wanted)
    y: Array = blocks.max_unpool(
        x, inside, kernel_size, stride=stride, padding=padding, output_size=wanted
    )
    return y


def _conv_transpose_to_size(rank: int) -> Callable[..., Array]:
    """Transposed convolution whose padding follows from the size that it is to give."""

    def forward(
        x: Array,
        weight: Array,
        bias: Array | None = None,
        *,
        output_size: list[int],
        lower: bool,
        **options: Any,
    ) -> Array:
        padding = []
        for axis, wanted in enumerate(output_size):
            reach = options["dilation"][axis] * (weight.shape[axis] - 1) + 1
            moved = options["stride"][axis] * (x.shape[axis + 1] - 1)
            total = max(moved + options["output_padding"][axis] + reach - wanted, 0)
            small, large = total // 2, total - total // 2
            padding.append((large, small) if lower else (small, large))
            lacking = wanted - (moved + options["output_padding"][axis] + reach - total)
            options["output_padding"] = [
                n + (max(lacking, 0) if place == axis else 0)
                for place, n in enumerate(options["output_padding"])
            ]
        function = getattr(blocks, f"conv_transpose{rank}d")
        y: Array = function(x, weight, bias, padding=padding, **options)
        return y

    return forward


def _fold_first(columns: Array, size: Any, kernel: Any, **options: Any) -> Array:
    """Fold columns that have channels first, then taps, then positions."""
    sizes, taps = integers(size), integers(kernel)
    bounded((columns.shape[0], *sizes))
    N, C = columns.shape[0], columns.shape[1] // math.prod(taps)
    by_tap = columns.reshape(N, C, math.prod(taps), -1)
    rows = by_tap.transpose(0, 3, 2, 1).reshape(N, -1, math.prod(taps) * C)
    positions = ConvSpec.of("fold", tuple(sizes), taps, **options).output_size
    y = blocks.fold(rows.reshape(N, *positions, rows.shape[-1]), sizes, taps, **options)
    return np.moveaxis(y, -1, 1)


def _resize_settings(
    x: Array,
    axes: list[int],
    sizes: Any,
    scales: Any,
    policy: str,
    roi: Any,
    how: dict[str, Any],
) -> dict[str, Any]:
    have = [x.shape[axis] for axis in axes]
    factors: tuple[float, ...] | None
    if sizes is not None:
        wanted, factors = keep_aspect_ratio(have, integers(sizes), policy)  # type: ignore[arg-type]  # checked there
        factors = None if policy == "stretch" else factors  # size by size: ties stay exact
    else:
        factors = tuple(float(scale) for scale in np.asarray(scales).ravel())
        wanted = tuple(math.floor(n * scale) for n, scale in zip(have, factors, strict=True))
    shape = list(x.shape)
    for axis, size in zip(axes, wanted, strict=True):
        shape[axis] = size
    bounded(shape)
    parts = None if roi is None or np.size(roi) == 0 else np.asarray(roi).reshape(2, -1).T.tolist()
    return {
        "axes": axes,
        "sizes": wanted,
        "scales": factors,
        "how": Interpolation(**how),
        "roi": parts,
    }


def _resize(
    x: Array,
    *arrays: Array,
    axes: list[int],
    given: list[str] | None = None,
    sizes: Any = None,
    scales: Any = None,
    roi: Any = None,
    policy: str = "stretch",
    **how: Any,
) -> Array:
    """Resize any axes; ``given`` names what comes as arrays: roi, scales, sizes."""
    coming = dict(zip(given or (), arrays, strict=True))
    settings = _resize_settings(
        x,
        axes,
        coming.get("sizes", sizes),
        coming.get("scales", scales),
        policy,
        coming.get("roi", roi),
        how,
    )
    return resize_axes(x, **settings)


def _resize_backward(
    grad_y: Array,
    x: Array,
    *arrays: Array,
    axes: list[int],
    given: list[str] | None = None,
    sizes: Any = None,
    scales: Any = None,
    roi: Any = None,
    policy: str = "stretch",
    **how: Any,
) -> Gradients:
    coming = {"sizes": sizes, "scales": scales, "roi": roi} | dict(
        zip(given or (), arrays, strict=True)
    )
    settings = _resize_settings(
        x, axes, coming["sizes"], coming["scales"], policy, coming["roi"], how
    )
    return (resize_axes_backward(grad_y, x, **settings),)


def _resized_shape(
    shape: Full,
    *_: Full,
    axes: list[int],
    sizes: Any = None,
    scales: Any = None,
    policy: str = "stretch",
    **__: Any,
) -> Full:
    resized = list(shape)
    if sizes is not None:
        have = [shape[axis] for axis in axes]
        sizes = keep_aspect_ratio(have, integers(sizes), policy)[0]  # type: ignore[arg-type]  # checked there
    for place, axis in enumerate(axes):
        if sizes is not None:
            resized[axis] = integers(sizes)[place]
        else:
            resized[axis] = math.floor(shape[axis] * scales[place])
    return tuple(resized)


_BY_RANK = {
    f"{name}{rank}d": _block(
        getattr(blocks, f"{name}{rank}d"), getattr(blocks, f"{name}{rank}d_backward"), arrays
    )
    for rank in (1, 2, 3)
    for name, arrays in (("conv", 2), ("conv_transpose", 2))
}

_BLOCKS: dict[str, Function] = {
    "softmax": _block(blocks.softmax, blocks.softmax_backward, 1, same=True),
    "log_softmax": _block(blocks.log_softmax, blocks.log_softmax_backward, 1, same=True),
    "softmax_from": _from(blocks.softmax, blocks.softmax_backward),
    "log_softmax_from": _from(blocks.log_softmax, blocks.log_softmax_backward),
    "erf": _block(blocks.erf, blocks.erf_backward, 1, same=True),
    "swish": Function(_swish, None, _as_first),
    "prelu_broadcast": Function(_prelu, _prelu_backward, _as_first),
    "batch_norm": _block(blocks.batch_norm, blocks.batch_norm_backward, 2, same=True),
    "batch_norm_known": Function(_batch_norm_known, _batch_norm_known_backward, _as_first),
    "layer_norm": _block(blocks.layer_norm, blocks.layer_norm_backward, 2, same=True),
    "rms_norm": _block(blocks.rms_norm, blocks.rms_norm_backward, 2, same=True),
    "group_norm": _block(blocks.group_norm, blocks.group_norm_backward, 2, same=True),
    "group_norm_by_group": Function(_group_norm_by_group, None, _as_first),
    "instance_norm": _block(blocks.instance_norm, blocks.instance_norm_backward, 2, same=True),
    "global_avg_pool": Function(
        *_single(blocks.global_avg_pool, blocks.global_avg_pool_backward), _pooled
    ),
    "global_max_pool": Function(
        *_single(blocks.global_max_pool, blocks.global_max_pool_backward), _pooled
    ),
    "global_lp_pool": Function(_global_lp_pool, None, _kept),
    "max_pool_places": Function(_max_pool_places),
    "max_unpool_places": Function(_max_unpool_places),
    "fold_first": Function(_fold_first),
    "resize": Function(_resize, _resize_backward, _resized_shape),
    **{
        f"conv_transpose{rank}d_to_size": Function(_conv_transpose_to_size(rank))
        for rank in (1, 2, 3)
    },
    **{f"deform_conv{rank}d": _deformed(rank) for rank in (1, 2, 3)},
}

_LOCAL = ("batch_norm_known", "erf", "prelu_broadcast", "swish")

FUNCTIONS: dict[str, Function] = {**GLUE, **_BY_RANK, **_BLOCKS} | {
    name: _BLOCKS[name]._replace(local=True) for name in _LOCAL
}
