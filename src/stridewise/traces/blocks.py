"""One block on arrays of one's own: a network with a single node."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, require_rank, require_shape
from stridewise.axis_options import AxisInts, Padding
from stridewise.layers import AveragePool, Conv2D, Layer, MaxPool
from stridewise.networks import Graph
from stridewise.options import require_choice
from stridewise.traces.record import traced, walked
from stridewise.traces.schema import Trace

__all__ = ["record_conv2d", "record_pool2d"]

_POOLINGS: dict[str, tuple[str, type[MaxPool] | type[AveragePool]]] = {
    "max": ("max_pool2d", MaxPool),
    "average": ("avg_pool2d", AveragePool),
}
_KERNEL = ("kernel", "kernel", "C_in // groups", "C_out")


def record_conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    grad_y: ArrayLike | None = None,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
) -> Trace:
    """Record one convolution of one image, forward and backward.

    Parameters
    ----------
    x : array, (1, H, W, C_in)
        One image.
    weight, bias, stride, padding, dilation, groups
        As in ``stridewise.conv2d``.
    grad_y : array, (1, H_out, W_out, C_out), optional
        The gradient that flows back; ones by default.

    Returns
    -------
    Trace
        Of a network with one node, ``conv2d``.

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As ``stridewise.conv2d`` does; also if there is more than one image.

    Examples
    --------
    >>> trace = record_conv2d(np.ones((1, 5, 4, 2)), np.ones((3, 2, 2, 6)), stride=2)
    >>> trace.arrays["y/conv2d"].shape, trace.arrays["grad/x"].shape
    ((2, 2, 6), (5, 4, 2))
    """
    image = as_array("record_conv2d", "x", x)
    filters = as_array("record_conv2d", "weight", weight)
    require_rank("record_conv2d", "weight", filters, _KERNEL)
    rows, columns, _, C_out = filters.shape
    layer = Conv2D(
        C_out,
        (rows, columns),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        bias=bias is not None,
    )
    arrays = {"conv2d/weight": filters}
    if bias is not None:
        arrays["conv2d/bias"] = as_array("record_conv2d", "bias", bias)
    return _one_layer("record_conv2d", "conv2d", layer, image, arrays, grad_y)


def record_pool2d(
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    kind: str = "max",
    grad_y: ArrayLike | None = None,
    stride: AxisInts | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
) -> Trace:
    """Record one pooling of one image, forward and backward.

    Parameters
    ----------
    x : array, (1, H, W, C)
        One image.
    kernel_size, stride, padding, ceil_mode
        As in ``stridewise.max_pool2d``.
    kind : "max" or "average"
    grad_y : array, (1, H_out, W_out, C), optional
        The gradient that flows back; ones by default.

    Returns
    -------
    Trace
        Of a network with one node, ``max_pool2d`` or ``avg_pool2d``.

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As ``stridewise.max_pool2d`` does; also if there is more than one image.

    Examples
    --------
    >>> trace = record_pool2d([[[[1.0], [3.0]], [[2.0], [0.0]]]], 2)
    >>> trace.arrays["y/max_pool2d"].ravel(), trace.arrays["grad/x"].ravel()
    (array([3.]), array([0., 1., 0., 0.]))
    """
    image = as_array("record_pool2d", "x", x)
    require_choice("record_pool2d", "there is no pooling of that name.", kind, _POOLINGS)
    name, make = _POOLINGS[kind]
    layer = make(kernel_size, stride=stride, padding=padding, ceil_mode=ceil_mode)
    return _one_layer("record_pool2d", name, layer, image, {}, grad_y)


def _one_layer(
    operation: str,
    name: str,
    layer: Layer,
    image: Array,
    arrays: dict[str, Array],
    grad_y: ArrayLike | None,
) -> Trace:
    require_rank(operation, "x", image, ("1", "H", "W", "C"))
    require_shape(operation, "x", image, (1, *image.shape[1:]), "one image: a page shows one")
    narrow = {array.dtype for array in (image, *arrays.values())} <= _NARROW
    network = Graph(
        {"x": image.shape[1:]},
        [(name, layer, ("x",))],
        [name],
        arrays=arrays,
        dtype=np.float32 if narrow else np.float64,
    )
    tensors, cache = walked(network, image)
    gradient = np.ones_like(tensors[name])
    if grad_y is not None:
        given = as_array(operation, "grad_y", grad_y)
        require_shape(operation, "grad_y", given, gradient.shape, "the shape of the output")
        gradient[:] = given
    said = {"title": name, "loss": None, "labels": None}
    return traced(network, tensors, cache, gradient, said)


_NARROW = {np.dtype(np.float16), np.dtype(np.float32)}
