"""Deformable convolution in one, two and three dimensions, and its gradients.

A convolution whose taps each move by an offset of their own, from position to position, and are
read between the elements where they come to lie. ``deformed_windows`` reads them; what is left is
a convolution over the windows so read, laid side by side.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.conv_spec import conv_spec
from stridewise.blocks.deformed_windows import add_gradients, by_row, row_cuts, windows
from stridewise.blocks.ranks import by_rank
from stridewise.engines import current_engine
from stridewise.specs import ConvSpec

__all__ = [
    "DeformConvGradients",
    "deform_conv",
    "deform_conv1d",
    "deform_conv1d_backward",
    "deform_conv2d",
    "deform_conv2d_backward",
    "deform_conv3d",
    "deform_conv3d_backward",
    "deform_conv_backward",
]


class DeformConvGradients(NamedTuple):
    """Gradients of a deformable convolution, each of its array's shape; no mask, no gradient."""

    x: Array
    offset: Array
    weight: Array
    bias: Array
    mask: Array | None


def deform_conv(
    rank: int,
    x: ArrayLike,
    offset: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
    offset_groups: int = 1,
) -> Array:
    """Convolve with taps that each move by their own offset, and count by their own mask.

    ``y[n, row, col, o] = bias[o] + Σ x(n, i, j, c) · mask[n, row, col, g·T + t] ·
    weight[k_row, k_col, c, o]`` over ``k_row``, ``k_col`` and ``c``, with tap ``t = k_row·K_col +
    k_col`` of ``T``, the offset group ``g`` of channel ``c``, ``i = row·s + k_row·d − before +
    offset[n, row, col, (g·T + t)·2]`` and ``j`` alike with ``(g·T + t)·2 + 1``. ``x(n, i, j, c)``
    is bilinear between elements. Written for two spatial axes; one and three are alike.

    Parameters
    ----------
    x : array, (N, *spatial, C_in)
        Images, channels last: (N, H, W, C_in) in ``deform_conv2d``.
    offset : array, (N, *spatial_out, offset_groups · taps · rank)
        How far each tap moves, in elements: by group, then tap in row-major order, then axis.
    weight : array, (*kernel, C_in // groups, C_out)
        One filter for each output channel.
    bias : array, (C_out,), optional
        Added to each output channel.
    mask : array, (N, *spatial_out, offset_groups · taps), optional
        What each tap is multiplied by; nothing if there is none.
    stride, padding, dilation, groups
        As in ``conv2d``.
    offset_groups : int
        Input channels fall into this many groups with offsets and mask of their own.

    Returns
    -------
    array, (N, *spatial_out, C_out)
        On each axis ``floor((size + before + after − d·(k − 1) − 1) / s) + 1`` elements.

    Raises
    ------
    ShapeError
        If ranks or shapes are wrong, channels do not match, or the kernel does not fit.
    OptionError, OptionTypeError
        If an option is out of range, or no integer.
    DtypeError
        If an array does not hold real numbers.

    Notes
    -----
    Each element around the image is 0, so that a sample less than one element outside is between
    that 0 and the image. An element of weight 0 never counts, even if it is NaN: without offsets
    this is the convolution. Reads ``2^rank`` elements for each tap and channel.

    References
    ----------
    X. Zhu et al., arXiv:1811.11168, equation 1. J. Dai et al., arXiv:1703.06211, equations 2 to 4.
    ONNX: DeformConv, version 22.

    Examples
    --------
    >>> x = [[[0.0], [10.0], [20.0], [40.0]]]
    >>> offset = [[[0.0], [0.5], [0.25], [0.5]]]
    >>> deform_conv1d(x, offset, [[[1.0]]]).ravel()
    array([ 0., 15., 25., 20.])
    """
    operation = f"deform_conv{rank}d"
    optional = {name: a for name, a in (("bias", bias), ("mask", mask)) if a is not None}
    (x, offset, weight, *rest), result = prepare(
        operation, x=x, offset=offset, weight=weight, **optional
    )
    given = dict(zip(optional, rest, strict=True))
    spec = conv_spec(operation, rank, x, weight, stride, padding, dilation, groups)
    if "bias" in given:
        because = "one number for each output channel of `weight`"
        require_shape(operation, "bias", given["bias"], weight.shape[-1:], because)
    offsets, factors = by_row(operation, x, offset, given.get("mask"), spec, offset_groups)
    x, rows = np.ascontiguousarray(x), offsets.shape[0]
    y = np.empty((rows, weight.shape[-1]), x.dtype)
    for cut in row_cuts(rows, x.shape[-1], offsets.shape[1], spec, x.dtype):
        read = windows(x, offsets, factors, cut, spec)
        side_by_side = _side_by_side(read, spec)
        kernel = weight.reshape(*side_by_side.kernel_size, *weight.shape[-2:])
        with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
            y[cut] = current_engine().conv(read, kernel, given.get("bias"), side_by_side)[0]
    return finish(y.reshape(x.shape[0], *spec.output_size, weight.shape[-1]), result)


def deform_conv_backward(
    rank: int,
    grad_y: ArrayLike,
    x: ArrayLike,
    offset: ArrayLike,
    weight: ArrayLike,
    mask: ArrayLike | None = None,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
    offset_groups: int = 1,
) -> DeformConvGradients:
    """Gradients of a deformable convolution by its input, offsets, weights, bias and mask.

    With ``grad_sample = Σ_o grad_y[n, row, col, o] · weight[k_row, k_col, c, o]`` of a tap: each
    corner of its cell gets ``grad_sample · mask`` times the corner's weight, the mask gets
    ``grad_sample`` times the sample, and the offset gets ``grad_sample · mask`` times the
    difference of the corners along its axis. Sums run over all channels of the offset group.

    Parameters
    ----------
    grad_y : array, (N, *spatial_out, C_out)
        Gradient of the loss by the output.
    x, offset, weight, mask, stride, padding, dilation, groups, offset_groups
        As they were given to the deformable convolution.

    Returns
    -------
    DeformConvGradients
        ``x``, ``offset``, ``weight``, ``bias`` and ``mask``, each of its array's shape; ``mask``
        is None if there was none.

    Raises
    ------
    ShapeError
        Also if ``grad_y`` has not the shape of the output.

    Notes
    -----
    At an element itself the interpolation has a kink; the derivative to its right is taken.

    References
    ----------
    J. Dai et al., arXiv:1703.06211, appendix A.

    Examples
    --------
    >>> x = [[[0.0], [10.0], [20.0], [40.0]]]
    >>> offset = [[[0.0], [0.5], [0.25], [0.5]]]
    >>> g = deform_conv1d_backward(np.ones((1, 4, 1)), x, offset, [[[2.0]]])
    >>> g.x.ravel(), g.offset.ravel()
    (array([2. , 1. , 2.5, 1.5]), array([ 20.,  20.,  40., -80.]))
    """
    operation = f"deform_conv{rank}d_backward"
    optional = {} if mask is None else {"mask": mask}
    (grad_y, x, offset, weight, *masks), result = prepare(
        operation, grad_y=grad_y, x=x, offset=offset, weight=weight, **optional
    )
    spec = conv_spec(operation, rank, x, weight, stride, padding, dilation, groups)
    C_out = weight.shape[-1]
    because = "the shape of the output that `x` and `weight` give"
    require_shape(operation, "grad_y", grad_y, (x.shape[0], *spec.output_size, C_out), because)
    offsets, factors = by_row(
        operation, x, offset, masks[0] if masks else None, spec, offset_groups
    )
    x, rows, engine = np.ascontiguousarray(x), offsets.shape[0], current_engine()
    grad_x, grad_offset, grad_mask, grad_weight = (
        np.zeros(array.shape, x.dtype) for array in (x, offsets, offsets[..., 0], weight)
    )
    grad_rows = grad_y.reshape(1, rows, C_out)
    for cut in row_cuts(rows, x.shape[-1], offsets.shape[1], spec, x.dtype):
        read = windows(x, offsets, factors, cut, spec)
        side_by_side = _side_by_side(read, spec)
        kernel = weight.reshape(*side_by_side.kernel_size, *weight.shape[-2:])
        with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
            share = engine.conv_grad_weight(grad_rows[:, cut], read, side_by_side)
            grad_weight += share.reshape(weight.shape)
            grad_read = engine.conv_grad_x(grad_rows[:, cut], kernel, side_by_side)
        sums = (grad_x, grad_offset, grad_mask)
        add_gradients(grad_read, x, offsets, factors, cut, spec, sums)
    with np.errstate(over="ignore", invalid="ignore"):  # as above
        # Millions of float32 summands lose digits one by one: accumulate in float64.
        grad_bias = grad_rows[0].sum(axis=0, dtype=np.float64)
    return DeformConvGradients(
        finish(grad_x, result),
        finish(grad_offset.reshape(offset.shape), result),
        finish(grad_weight, result),
        finish(grad_bias, result),
        finish(grad_mask.reshape(masks[0].shape), result) if masks else None,
    )


deform_conv1d, deform_conv2d, deform_conv3d = by_rank(deform_conv)
deform_conv1d_backward, deform_conv2d_backward, deform_conv3d_backward = by_rank(
    deform_conv_backward
)


def _side_by_side(read: Array, spec: ConvSpec) -> ConvSpec:
    """The convolution that is left: one axis, whose windows lie side by side."""
    taps = math.prod(spec.kernel_size)
    size = read.shape[1:-1]
    return ConvSpec.of(spec.operation, size, (taps,), stride=(taps,), groups=spec.groups)
