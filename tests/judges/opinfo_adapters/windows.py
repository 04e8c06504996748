"""Convolutions and poolings."""

import numpy as np
from opinfo_adapters.translation import (
    Answer,
    Images,
    array,
    filters_first,
    filters_last,
    one,
    refuse,
)

import stridewise as sw
from stridewise.blocks.adaptive_max_pooling import (
    adaptive_max_pool_backward,
    adaptive_max_pool_with_indices,
)
from stridewise.blocks.adaptive_pooling import adaptive_avg_pool, adaptive_avg_pool_backward
from stridewise.blocks.max_unpooling import max_unpool, max_unpool_backward


def _convolution(name, rank):
    forward, backward = getattr(sw, f"{name}{rank}d"), getattr(sw, f"{name}{rank}d_backward")

    def adapted(input, weight, bias, options):
        images, kernel = Images(input, rank), filters_last(array(weight))

        def gradients(grad_y):
            g = backward(images.ours(grad_y), images.x, kernel, **options)
            given = [(input, images.theirs(g.x)), (weight, filters_first(g.weight))]
            return given if bias is None else [*given, (bias, g.bias)]

        y = forward(images.x, kernel, array(bias), **options)
        return Answer(images.theirs(y), gradients)

    return adapted


def conv(rank):
    adapted = _convolution("conv", rank)

    def adapter(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        options = {"stride": one(stride), "padding": one(padding), "dilation": one(dilation)}
        return adapted(input, weight, bias, {**options, "groups": groups})

    return adapter


def conv_transpose(rank):
    adapted = _convolution("conv_transpose", rank)

    def adapter(
        input,
        weight,
        bias=None,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        dilation=1,
    ):
        options = {"stride": one(stride), "padding": one(padding), "dilation": one(dilation)}
        options |= {"output_padding": one(output_padding), "groups": groups}
        return adapted(input, weight, bias, options)

    return adapter


def max_pool(rank):
    forward = getattr(sw, f"max_pool{rank}d_with_indices")
    backward = getattr(sw, f"max_pool{rank}d_backward")

    def adapter(
        input,
        kernel_size,
        stride=None,
        padding=0,
        dilation=1,
        ceil_mode=False,
        return_indices=False,
    ):
        images = Images(input, rank)
        options = {"kernel_size": one(kernel_size), "stride": one(stride), "padding": one(padding)}
        options |= {"dilation": one(dilation), "ceil_mode": ceil_mode}
        y, indices = forward(images.x, **options)

        def gradients(grad_y):
            grad = backward(images.ours(grad_y), images.x, **options)
            return [(input, images.theirs(grad))]

        places = images.theirs(indices) if return_indices else None
        return Answer(images.theirs(y), gradients, places)

    return adapter


def avg_pool(rank):
    forward = getattr(sw, f"avg_pool{rank}d")
    backward = getattr(sw, f"avg_pool{rank}d_backward")

    def adapter(
        input,
        kernel_size,
        stride=None,
        padding=0,
        ceil_mode=False,
        count_include_pad=True,
        divisor_override=None,
    ):
        # A divisor of 0 is an error there, so it is not out of scope but refused by both.
        refuse(divisor_override is not None, "a divisor other than the number of taps")
        images = Images(input, rank)
        options = {"kernel_size": one(kernel_size), "padding": one(padding)}
        options |= {"stride": None if stride == () else one(stride)}
        options |= {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}

        def gradients(grad_y):
            grad = backward(images.ours(grad_y), images.x, **options)
            return [(input, images.theirs(grad))]

        return Answer(images.theirs(forward(images.x, **options)), gradients)

    return adapter


def adaptive_avg(rank):
    def adapter(input, output_size):
        images = Images(input, rank)
        size = output_size if output_size == () else one(output_size)

        def gradients(grad_y):
            grad = adaptive_avg_pool_backward(images.ours(grad_y), images.x, size)
            return [(input, images.theirs(grad))]

        return Answer(images.theirs(adaptive_avg_pool(images.x, size)), gradients)

    return adapter


def adaptive_max(rank):
    def adapter(input, output_size, return_indices=False):
        images = Images(input, rank)
        size = output_size if output_size == () else one(output_size)
        y, indices = adaptive_max_pool_with_indices(images.x, size)

        def gradients(grad_y):
            grad = adaptive_max_pool_backward(images.ours(grad_y), images.x, size)
            return [(input, images.theirs(grad))]

        places = images.theirs(indices) if return_indices else None
        return Answer(images.theirs(y), gradients, places)

    return adapter


def unpool(rank):
    """Of values that meet in one place we keep one, and only that one has a gradient."""

    def adapter(input, indices, kernel_size, stride=None, padding=0, output_size=None):
        images = Images(input, rank)
        places = images.ours(array(indices))
        size = None if output_size is None else tuple(output_size)[-rank:]
        options = {"kernel_size": one(kernel_size), "stride": one(stride), "padding": one(padding)}
        options |= {"output_size": size}
        y = max_unpool(images.x, places, **options)

        def gradients(grad_y):
            grad = max_unpool_backward(images.ours(grad_y), images.x, places, **options)
            return [] if meet else [(input, images.theirs(grad))]

        rows = places.reshape(places.shape[0], -1, places.shape[-1])
        meet = any(
            np.unique(row).size < row.size
            for row in np.moveaxis(rows, -1, 1).reshape(-1, rows.shape[1])
        )
        reason = "gradient of values that meet in one place"
        return Answer(images.theirs(y), gradients, None, ((input, reason),) if meet else ())

    return adapter


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Rows of ours have a tap's channels together, and stand where their windows stand."""
    images = Images(input, 2)
    options = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    options["dilation"] = dilation
    y = sw.unfold(images.x, **options)
    N, C = y.shape[0], images.x.shape[-1]
    taps, positions = y.shape[-1] // C, y.shape[1] * y.shape[2]

    def gradients(grad_y):
        rows = (grad_y[None] if images.single else grad_y).reshape(N, C, taps, positions)
        rows = rows.transpose(0, 3, 2, 1).reshape(y.shape)
        return [(input, images.theirs(sw.unfold_backward(rows, images.x, **options)))]

    columns = y.reshape(N, positions, taps, C).transpose(0, 3, 2, 1)
    columns = columns.reshape(N, C * taps, positions)
    return Answer(columns[0] if images.single else columns, gradients)
