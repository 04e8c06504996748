"""Padding, resizing, and channels turned into space."""

import math

from opinfo_adapters.translation import Answer, Images, array, first, last, one, refuse
from opinfo_adapters.windows import adaptive_avg

import stridewise as sw

_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(input, pad, mode="constant", value=None):
    """The last axes are padded, whatever they are: those before are a batch, of one channel."""
    refuse(min(pad) < 0, "negative widths, which crop")
    rank = len(pad) // 2
    refuse(rank > 3, "more than three padded axes")
    widths = tuple((pad[2 * axis], pad[2 * axis + 1]) for axis in reversed(range(rank)))
    values = array(input)
    before = values.shape[: values.ndim - rank]
    x = values.reshape(math.prod(before), *values.shape[values.ndim - rank :], 1)
    options = {"mode": _MODES[mode], "value": 0.0 if value is None else value}
    y = sw.pad(x, widths, **options)

    def gradients(grad_y):
        grad = sw.pad_backward(grad_y.reshape(y.shape), x, widths, **options)
        return [(input, grad.reshape(values.shape))]

    return Answer(y.reshape(*before, *y.shape[1:-1]), gradients)


def interpolate(
    input,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    rank = input.ndim - 2
    images = Images(input, rank)
    options = {"scale": scale_factor} if size is None else {"size": one(size)}
    if size is None and (recompute_scale_factor or align_corners or mode == "area"):
        # Then PyTorch forgets the scale as soon as it has the size.
        options = {"size": tuple(math.floor(n * scale_factor) for n in images.x.shape[1:-1])}
    if mode == "area":
        return adaptive_avg(rank)(input, options["size"])
    match mode:
        case "nearest":
            options |= {"coordinates": "asymmetric", "nearest": "floor"}
        case "nearest-exact":
            options |= {"coordinates": "tf_half_pixel_for_nn", "nearest": "floor"}
        case _:
            options["mode"] = "cubic" if mode == "bicubic" else "linear"
            options["coordinates"] = "align_corners" if align_corners else "half_pixel"
    y = sw.resize(images.x, **options)

    def gradients(grad_y):
        grad = sw.resize_backward(images.ours(grad_y), images.x, **options)
        return [(input, images.theirs(grad))]

    return Answer(images.theirs(y), gradients)


def upsample_nearest(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _shuffle(name, input, factor):
    x = last(array(input))
    backward = getattr(sw, f"{name}_backward")
    return Answer(
        first(getattr(sw, name)(x, factor)),
        lambda grad_y: [(input, first(backward(last(grad_y), x, factor)))],
    )


def pixel_shuffle(input, upscale_factor):
    return _shuffle("pixel_shuffle", input, upscale_factor)


def pixel_unshuffle(input, downscale_factor):
    return _shuffle("pixel_unshuffle", input, downscale_factor)
