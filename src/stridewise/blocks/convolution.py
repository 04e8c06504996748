"""Convolution in one, two and three dimensions, and its gradients.

What the field calls convolution is cross-correlation: the kernel is not flipped. So it is in
every framework, in the exercise, and here.

``conv`` and ``conv_backward`` serve any rank; ``conv1d``, ``conv2d`` and ``conv3d`` fix it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.conv_spec import conv_spec
from stridewise.blocks.ranks import by_rank
from stridewise.engines import current_engine
from stridewise.specs import ConvSpec

__all__ = [
    "ConvGradients",
    "conv",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv3d",
    "conv3d_backward",
    "conv_backward",
    "conv_backward_parameters",
]


class ConvGradients(NamedTuple):
    """Gradients of a convolution, each of its array's shape."""

    x: Array
    weight: Array
    bias: Array


def conv(
    rank: int,
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
) -> Array:
    """Slide every filter over every image; at each place multiply, add up, add the bias.

    ``y[n, row, col, o] = bias[o] + Σ x_padded[n, row·s + k_row·d, col·s + k_col·d, c] ·
    weight[k_row, k_col, c, o]``, summed over ``k_row``, ``k_col`` and the input channels ``c``
    of output channel ``o``'s group. Written for two spatial axes; one and three are alike.

    Parameters
    ----------
    x : array, (N, *spatial, C_in)
        Images, channels last: (N, H, W, C_in) in ``conv2d``.
    weight : array, (*kernel, C_in // groups, C_out)
        One filter for each output channel.
    bias : array, (C_out,), optional
        Added to each output channel.
    stride : int, or one int an axis
        How far the window moves, in elements.
    padding : int, one int an axis, one (before, after) an axis, "valid", "same", "same_lower"
        Zeros around the input, in elements. "same" gives ``ceil(size / stride)`` outputs and
        puts the odd zero after the input, "same_lower" before it.
    dilation : int, or one int an axis
        Distance between neighbouring taps of the kernel, in elements.
    groups : int
        Input and output channels fall into this many groups that do not see one another.

    Returns
    -------
    array, (N, *spatial_out, C_out)
        On each axis ``floor((size + before + after − d·(k − 1) − 1) / s) + 1`` elements.

    Raises
    ------
    ShapeError
        If the ranks are wrong, the channels do not match, or the kernel does not fit.
    OptionError, OptionTypeError
        If an option is out of range, or no integer.
    DtypeError
        If an array does not hold real numbers.

    Notes
    -----
    Padding is zero. float32 and float64 are kept, float16 is computed in float32, integers in
    float64. Costs ``y.size · weight.size / C_out`` multiply-adds.

    References
    ----------
    V. Dumoulin, F. Visin, arXiv:1603.07285, relationship 6. ONNX: Conv, version 22.

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> weight = np.array([[1.0, 0.0], [0.0, -1.0]]).reshape(2, 2, 1, 1)
    >>> conv2d(x, weight, [0.5])[0, :, :, 0]
    array([[-3.5, -3.5],
           [-3.5, -3.5]])
    >>> conv1d([[[1.0], [2.0], [4.0]]], [[[1.0]], [[-1.0]]]).ravel()
    array([-1., -2.])
    """
    operation = f"conv{rank}d"
    optional = {} if bias is None else {"bias": bias}
    (x, weight, *biases), result = prepare(operation, x=x, weight=weight, **optional)
    spec = conv_spec(operation, rank, x, weight, stride, padding, dilation, groups)
    for given in biases:
        because = "one number for each output channel of `weight`"
        require_shape(operation, "bias", given, weight.shape[-1:], because)
    return finish(current_engine().conv(x, weight, biases[0] if biases else None, spec), result)


def conv_backward(
    rank: int,
    grad_y: ArrayLike,
    x: ArrayLike,
    weight: ArrayLike,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
) -> ConvGradients:
    """Gradients of a convolution by its input, weights and bias.

    With ``i = row·s + k_row·d`` and ``j = col·s + k_col·d`` as in the forward direction, each
    output adds its gradient back where it came from: ``grad_x_padded[n, i, j, c] +=
    grad_y[n, row, col, o] · weight[k_row, k_col, c, o]``, ``grad_weight[k_row, k_col, c, o] +=
    grad_y[n, row, col, o] · x_padded[n, i, j, c]``, ``grad_bias[o] += grad_y[n, row, col, o]``.

    Parameters
    ----------
    grad_y : array, (N, *spatial_out, C_out)
        Gradient of the loss by the output.
    x, weight, stride, padding, dilation, groups
        As they were given to the convolution.

    Returns
    -------
    ConvGradients
        ``x``, ``weight`` and ``bias``, each of its array's shape.

    Raises
    ------
    ShapeError
        Also if ``grad_y`` has not the shape of the output.

    Notes
    -----
    The gradient of what fell on padding is dropped. Costs twice the forward direction.

    References
    ----------
    V. Dumoulin, F. Visin, arXiv:1603.07285, section 4.

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> weight = np.array([[1.0, 0.0], [0.0, -1.0]]).reshape(2, 2, 1, 1)
    >>> g = conv2d_backward(np.ones((1, 2, 2, 1)), x, weight)
    >>> g.x[0, :, :, 0]
    array([[ 1.,  1.,  0.],
           [ 1.,  0., -1.],
           [ 0., -1., -1.]])
    >>> g.weight[:, :, 0, 0], g.bias
    (array([[ 8., 12.],
           [20., 24.]]), array([4.]))
    """
    options = (stride, padding, dilation, groups)
    (grad_y, x, weight), spec, result = _checked(rank, grad_y, x, weight, *options)
    grad_x = current_engine().conv_grad_x(grad_y, weight, spec)
    return ConvGradients(finish(grad_x, result), *_by_parameters(grad_y, x, spec, result))


def conv_backward_parameters(
    rank: int,
    grad_y: ArrayLike,
    x: ArrayLike,
    weight: ArrayLike,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
) -> tuple[Array, Array]:
    """Gradients of a convolution by its weights and bias: of a first layer, all that one needs.

    Parameters, errors and results are those of :func:`conv_backward`.

    Examples
    --------
    >>> x, weight = np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    >>> by_weight, by_bias = conv_backward_parameters(2, np.ones((1, 2, 2, 1)), x, weight)
    >>> by_weight[:, :, 0, 0], by_bias
    (array([[ 8., 12.],
           [20., 24.]]), array([4.]))
    """
    options = (stride, padding, dilation, groups)
    (grad_y, x, _), spec, result = _checked(rank, grad_y, x, weight, *options)
    return _by_parameters(grad_y, x, spec, result)


def _checked(
    rank: int,
    grad_y: ArrayLike,
    x: ArrayLike,
    weight: ArrayLike,
    stride: AxisInts,
    padding: Padding,
    dilation: AxisInts,
    groups: int,
) -> tuple[list[Array], ConvSpec, np.dtype[Any]]:
    operation = f"conv{rank}d_backward"
    arrays, result = prepare(operation, grad_y=grad_y, x=x, weight=weight)
    grad_y, x, weight = arrays
    spec = conv_spec(operation, rank, x, weight, stride, padding, dilation, groups)
    because = "the shape of the output that `x` and `weight` give"
    shape = (x.shape[0], *spec.output_size, weight.shape[-1])
    require_shape(operation, "grad_y", grad_y, shape, because)
    return arrays, spec, result


def _by_parameters(
    grad_y: Array, x: Array, spec: ConvSpec, result: np.dtype[Any]
) -> tuple[Array, Array]:
    engine = current_engine()
    by_weight, by_bias = engine.conv_grad_weight(grad_y, x, spec), engine.channel_sums(grad_y)
    return finish(by_weight, result), finish(by_bias, result)


conv1d, conv2d, conv3d = by_rank(conv)
conv1d_backward, conv2d_backward, conv3d_backward = by_rank(conv_backward)
