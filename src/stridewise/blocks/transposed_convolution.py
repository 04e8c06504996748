"""Transposed convolution in one, two and three dimensions, and its gradients.

It turns a convolution round: what the convolution's gradient does to ``grad_y``, it does to
``x``. So its input has the size of that convolution's output, and its output that of the input.

``conv_transpose`` and ``conv_transpose_backward`` serve any rank; ``conv_transpose2d`` and its
neighbours fix it.
"""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_rank, require_shape
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.convolution import ConvGradients
from stridewise.blocks.ranks import LAYOUTS, by_rank
from stridewise.blocks.transposed_spec import transposed_spec
from stridewise.engines import current_engine
from stridewise.errors import ShapeError, explain
from stridewise.options import require_integer
from stridewise.specs import ConvSpec

__all__ = [
    "conv_transpose",
    "conv_transpose1d",
    "conv_transpose1d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "conv_transpose3d",
    "conv_transpose3d_backward",
    "conv_transpose_backward",
]


def conv_transpose(
    rank: int,
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    output_padding: AxisInts = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
) -> Array:
    """Stamp the kernel onto the output once for every input element, times that element.

    ``y_padded[n, row·s + k_row·d, col·s + k_col·d, o] += x[n, row, col, c] ·
    weight[k_row, k_col, o, c]`` over the input channels ``c`` of output channel ``o``'s group;
    then the padding is cut off and ``bias[o]`` added. Written for two spatial axes.

    Parameters
    ----------
    x : array, (N, *spatial, C_in)
        Channels last: (N, H, W, C_in) in ``conv_transpose2d``.
    weight : array, (*kernel, C_out // groups, C_in)
        The weights of the convolution that is turned round: its outputs are the inputs here.
    bias : array, (C_out,), optional
        Added to each output channel.
    stride : int, or one int an axis
        Distance between two stamps, in elements of the output.
    padding : int, one int an axis, one (before, after) an axis, "valid", "same", "same_lower"
        What is cut off the output, in elements. "same" gives ``size · s`` outputs.
    output_padding : int, or one int an axis
        Elements by which the output goes on at its end; less than the stride or the dilation.
    dilation : int, or one int an axis
        Distance between neighbouring taps of the kernel, in elements.
    groups : int
        Input and output channels fall into this many groups that do not see one another.

    Returns
    -------
    array, (N, *spatial_out, C_out)
        On each axis ``(size − 1)·s + d·(k − 1) + 1 − before − after + output_padding`` elements.

    Raises
    ------
    ShapeError
        If the ranks are wrong, the channels do not match, or the padding leaves no output.
    OptionError, OptionTypeError
        If an option is out of range, or no integer.
    DtypeError
        If an array does not hold real numbers.

    Notes
    -----
    "same" cuts ``total = d·(k − 1) + 1 + output_padding − s`` elements off, the odd one at the
    end, "same_lower" at the beginning. Where that is negative nothing is cut, and the output
    goes on with ``−total`` elements that no stamp meets; ONNX Runtime leaves them out.
    Costs ``x.size · weight.size / C_in`` multiply-adds.

    References
    ----------
    V. Dumoulin, F. Visin, arXiv:1603.07285, relationship 14. ONNX: ConvTranspose, version 22.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    >>> conv_transpose2d(x, np.ones((2, 2, 1, 1)))[0, :, :, 0]
    array([[ 1.,  3.,  2.],
           [ 4., 10.,  6.],
           [ 3.,  7.,  4.]])
    >>> conv_transpose1d([[[1.0], [2.0]]], [[[1.0]], [[10.0]]], stride=3).ravel()
    array([ 1., 10.,  0.,  2., 20.])
    """
    operation = f"conv_transpose{rank}d"
    optional = {} if bias is None else {"bias": bias}
    (x, weight, *biases), result = prepare(operation, x=x, weight=weight, **optional)
    spec = _spec(operation, rank, x, weight, stride, padding, output_padding, dilation, groups)
    for given in biases:
        because = "one number for each output channel of `weight`"
        require_shape(operation, "bias", given, (weight.shape[-2] * spec.groups,), because)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
        y = current_engine().conv_grad_x(_continued(x, spec), weight, spec)
        for given in biases:
            y += given
    return finish(y, result)


def conv_transpose_backward(
    rank: int,
    grad_y: ArrayLike,
    x: ArrayLike,
    weight: ArrayLike,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    output_padding: AxisInts = 0,
    dilation: AxisInts = 1,
    groups: int = 1,
) -> ConvGradients:
    """Gradients of a transposed convolution by its input, weights and bias.

    With ``i = row·s + k_row·d`` and ``j = col·s + k_col·d``: ``grad_x[n, row, col, c] =
    Σ grad_y_padded[n, i, j, o] · weight[k_row, k_col, o, c]`` over ``k_row``, ``k_col`` and
    ``o``, which is a convolution; ``grad_weight[k_row, k_col, o, c] =
    Σ grad_y_padded[n, i, j, o] · x[n, row, col, c]`` over ``n``, ``row`` and ``col``;
    ``grad_bias[o] = Σ grad_y[n, i, j, o]``.

    Parameters
    ----------
    grad_y : array, (N, *spatial_out, C_out)
        Gradient of the loss by the output.
    x, weight, stride, padding, output_padding, dilation, groups
        As they were given to the transposed convolution.

    Returns
    -------
    ConvGradients
        ``x``, ``weight`` and ``bias``, each of its array's shape.

    Raises
    ------
    ShapeError
        Also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> x = np.array([[[1.0], [2.0]]])
    >>> g = conv_transpose1d_backward([[[1.0], [2.0], [4.0]]], x, [[[1.0]], [[10.0]]])
    >>> g.x.ravel(), g.weight.ravel(), g.bias
    (array([21., 42.]), array([ 5., 10.]), array([7.]))
    """
    operation = f"conv_transpose{rank}d_backward"
    (grad_y, x, weight), result = prepare(operation, grad_y=grad_y, x=x, weight=weight)
    spec = _spec(operation, rank, x, weight, stride, padding, output_padding, dilation, groups)
    C_out = weight.shape[-2] * spec.groups
    because = "the shape of the output that `x` and `weight` give"
    require_shape(operation, "grad_y", grad_y, (x.shape[0], *spec.input_size, C_out), because)
    engine = current_engine()
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
        grad_x = engine.conv(grad_y, weight, None, spec)[tuple(map(slice, x.shape))]
        grad_weight = engine.conv_grad_weight(_continued(x, spec), grad_y, spec)
        grad_bias = engine.channel_sums(grad_y)
    return ConvGradients(
        finish(grad_x, result), finish(grad_weight, result), finish(grad_bias, result)
    )


conv_transpose1d, conv_transpose2d, conv_transpose3d = by_rank(conv_transpose)
conv_transpose1d_backward, conv_transpose2d_backward, conv_transpose3d_backward = by_rank(
    conv_transpose_backward
)


def _continued(x: Array, spec: ConvSpec) -> Array:
    """Let ``x`` go on with zeros where the convolution has more outputs than ``x`` elements.

    So it is where ``output_padding`` reaches the stride, which a larger dilation allows.
    """
    more = [(0, n - size) for n, size in zip(spec.output_size, x.shape[1:-1], strict=True)]
    return np.pad(x, ((0, 0), *more, (0, 0))) if any(after for _, after in more) else x


def _channels_hint(x: Array, weight: Array) -> str:
    """What was probably meant, where the channels do not match."""
    C_in, axes = x.shape[-1], (*range(2, weight.ndim), 1, 0)
    if x.shape[1] == weight.shape[-1]:
        return "np.moveaxis(x, 1, -1): this `x` looks channels-first"
    if weight.shape[-2] == C_in:
        return "weight.swapaxes(-2, -1): this `weight` ends with C_in, C_out"
    if weight.shape[0] == C_in:
        return f"weight.transpose{axes}: this `weight` looks like PyTorch's, C_in first"
    if weight.shape[0] == x.shape[1]:
        return f"np.moveaxis(x, 1, -1) and weight.transpose{axes}: both look channels-first"
    return f"weight of shape {(*weight.shape[:-2], max(weight.shape[-2], 1), C_in)}"


def _spec(
    operation: str,
    rank: int,
    x: Array,
    weight: Array,
    stride: AxisInts,
    padding: Padding,
    output_padding: AxisInts,
    dilation: AxisInts,
    groups: int,
) -> ConvSpec:
    require_rank(operation, "x", x, LAYOUTS[rank])
    require_rank(operation, "weight", weight, (*("kernel",) * rank, "C_out // groups", "C_in"))
    groups = require_integer(operation, "groups", groups, at_least=1)
    C_in = x.shape[-1]
    if weight.shape[-1] != C_in or 0 in weight.shape[-2:]:
        raise ShapeError(
            explain(
                operation,
                "the channels of `x` and `weight` do not match.",
                needed="x.shape[-1] = weight.shape[-1], and no axis of channels empty",
                received=f"x.shape={x.shape}, weight.shape={weight.shape}",
                hint=_channels_hint(x, weight),
            )
        )
    if C_in % groups:
        raise ShapeError(
            explain(
                operation,
                "`groups` does not divide the input channels.",
                needed="C_in, the last axis of `x` and `weight`, a multiple of groups",
                received=f"x.shape={x.shape}, weight.shape={weight.shape}, groups={groups}",
                hint="a number of groups that divides the input channels",
            )
        )
    return transposed_spec(
        operation,
        x.shape[1:-1],
        weight.shape[:-2],
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
        groups=groups,
    )
