"""Which layers slide a window, and over what: as plain values."""

from __future__ import annotations

from typing import Any

from stridewise.layers import AveragePool, GlobalAveragePool, Layer, MaxPool
from stridewise.layers.conv import Conv
from stridewise.layers.global_max_pool import GlobalMaxPool
from stridewise.layers.layer import Shape
from stridewise.specs import ConvSpec, PoolSpec

__all__ = ["window_of"]


def window_of(layer: Layer, shape: Shape) -> dict[str, Any] | None:
    """The window of a layer on an input of this shape; None if it has none.

    >>> window_of(MaxPool(2), (6, 5, 3))["kernel"], window_of(MaxPool(2), (6, 5, 3))["stride"]
    ([2, 2], [2, 2])
    """
    if isinstance(layer, Conv):
        spec = layer.spec(shape)
        return _plain("convolution", spec) | {"groups": spec.groups}
    if isinstance(layer, MaxPool):
        return _plain("max", layer.spec(shape)) | {"ceil_mode": layer.ceil_mode}
    if isinstance(layer, AveragePool):
        counts = {"count_include_pad": layer.count_include_pad}
        return _plain("average", layer.spec(shape)) | {"ceil_mode": layer.ceil_mode} | counts
    if isinstance(layer, GlobalAveragePool | GlobalMaxPool):
        kind = "max" if isinstance(layer, GlobalMaxPool) else "average"
        return _plain(kind, PoolSpec.of(layer.kind, shape[:-1], shape[:-1]))
    return None


def _plain(kind: str, spec: ConvSpec | PoolSpec) -> dict[str, Any]:
    return {
        "type": kind,
        "kernel": list(spec.kernel_size),
        "stride": list(spec.stride),
        "padding": [list(pair) for pair in spec.padding],
        "dilation": list(spec.dilation),
    }
