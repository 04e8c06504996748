"""Padding, resizing, global pooling, and the normalisations."""

import math
from fractions import Fraction

import numpy as np
from fuzz.judging import close, first, last, runtime, same_gradient

import stridewise as sw

__all__ = [
    "check_batch_norm",
    "check_global_avg_pool",
    "check_group_norm",
    "check_instance_norm",
    "check_layer_norm",
    "check_local_response_norm",
    "check_pad",
    "check_resize",
    "check_rms_norm",
]


def check_pad(problem):
    rng, options = problem.rng(), dict(problem.options)
    x, widths = problem.values(rng, *problem.shape), options.pop("widths")
    full = ((0, 0), *widths, (0, 0))
    theirs = {"mode": options["mode"]}
    if options["mode"] == "constant":
        theirs["constant_values"] = options["value"]
    y = sw.pad(x, widths, **options)
    close(y, np.pad(x, full, **theirs), problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    grad_x = sw.pad_backward(grad_y, x, widths, **options)
    options["value"] = 0.0  # what is around is no part of the linear function
    same_gradient(lambda v: sw.pad(v, widths, **options), x, grad_y, grad_x)


def _places(size, out, coordinates):
    """Where new elements lie among ``size`` old ones: the definitions, in exact fractions."""
    scale = Fraction(out, size)
    if coordinates == "align_corners":
        return [Fraction(i * (size - 1), max(out - 1, 1)) for i in range(out)]
    if coordinates == "asymmetric":
        return [i / scale for i in range(out)]
    if coordinates == "pytorch_half_pixel" and out == 1:
        return [Fraction(0)]
    return [(i + Fraction(1, 2)) / scale - Fraction(1, 2) for i in range(out)]


ROUNDED = {
    "floor": math.floor,
    "ceil": math.ceil,
    "round_prefer_floor": lambda place: math.ceil(place - Fraction(1, 2)),
    "round_prefer_ceil": lambda place: math.floor(place + Fraction(1, 2)),
}


def check_resize(problem):
    rng, options = problem.rng(), problem.options
    x = problem.values(rng, *problem.shape)
    y = sw.resize(x, **options)
    grad_y = problem.values(rng, *y.shape)
    grad_x = sw.resize_backward(grad_y, x, **options)
    same_gradient(lambda v: sw.resize(v, **options), x, grad_y, grad_x)
    sure = True
    if options["mode"] == "nearest":
        nearest = x
        for axis, (size, out) in enumerate(zip(problem.size, options["size"], strict=True), 1):
            places = _places(size, out, options["coordinates"])
            chosen = [ROUNDED[options["nearest"]](place) for place in places]
            nearest = nearest.take(np.clip(chosen, 0, size - 1), axis)
            # On a whole or half number the float32 places of ONNX Runtime fall to either side.
            sure &= all((2 * place).denominator > 1 for place in places)
        close(y, nearest, problem.dtype)
    sizes = np.array([x.shape[0], x.shape[-1], *options["size"]], np.int64)
    attributes = {"mode": options["mode"], "nearest_mode": options["nearest"]}
    attributes |= {"coordinate_transformation_mode": options["coordinates"]}
    attributes |= {"cubic_coeff_a": options["cubic_coeff"]}
    attributes |= {"exclude_outside": int(options["exclude_outside"])}
    if problem.N and sure:
        judged = runtime("Resize", first(x).astype(np.float32), None, None, sizes, **attributes)
        close(y, last(judged), problem.dtype, "float32")


def check_global_avg_pool(problem):
    rng = problem.rng()
    x = problem.values(rng, *problem.shape)
    axes = tuple(range(1, x.ndim - 1))
    y = sw.global_avg_pool(x)
    close(y, x.mean(axes, dtype=float), problem.dtype)
    close(sw.global_max_pool(x), x.max(axes), problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    same_gradient(sw.global_avg_pool, x, grad_y, sw.global_avg_pool_backward(grad_y, x))
    if problem.N:
        judged = runtime("GlobalAveragePool", first(x).astype(np.float32))
        close(sw.global_avg_pool(x, keepdims=True), last(judged), problem.dtype, "float32")


def _standardised(x, axes, epsilon):
    """From the definition, in float64; ``axes`` share a mean and a variance."""
    wide = x.astype(float)
    mean, variance = wide.mean(axes, keepdims=True), wide.var(axes, keepdims=True)
    return (wide - mean) / np.sqrt(variance + epsilon)


def _check_norm(problem, function, backward, shape, standardised, shift=True, **options):
    """``function`` with scale and shift against ``standardised(x)``; then three gradients."""
    rng, epsilon = problem.rng(), problem.options["epsilon"]
    x = problem.values(rng, *problem.shape)
    affine = [problem.values(rng, *shape) for _ in range(1 + shift)]
    options["epsilon"] = epsilon
    y = function(x, *affine, **options)
    close(y, standardised(x, epsilon) * affine[0] + (affine[1] if shift else 0), problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    g = backward(grad_y, x, affine[0], **options)
    same_gradient(lambda v: function(v, *affine, **options), x, grad_y, g.x, linear=False)
    plain = [np.zeros_like(a) for a in affine]
    same_gradient(lambda v: function(x, v, *plain[1:], **options), affine[0], grad_y, g.weight)
    if shift:
        axes = tuple(range(x.ndim - len(shape)))
        close(g.bias, grad_y.sum(axes, dtype=float), problem.dtype)


def check_batch_norm(problem):
    axes = tuple(range(len(problem.size) + 1))
    _check_norm(
        problem,
        sw.batch_norm,
        sw.batch_norm_backward,
        (problem.C,),
        lambda x, epsilon: _standardised(x, axes, epsilon),
    )


def check_instance_norm(problem):
    axes = tuple(range(1, len(problem.size) + 1))
    _check_norm(
        problem,
        sw.instance_norm,
        sw.instance_norm_backward,
        (problem.C,),
        lambda x, epsilon: _standardised(x, axes, epsilon),
    )


def check_group_norm(problem):
    groups = problem.options["groups"]
    axes = (*range(1, len(problem.size) + 1), len(problem.size) + 2)

    def standardised(x, epsilon):
        parts = x.reshape(*x.shape[:-1], groups, x.shape[-1] // groups)
        return _standardised(parts, axes, epsilon).reshape(x.shape)

    _check_norm(
        problem, sw.group_norm, sw.group_norm_backward, (problem.C,), standardised, groups=groups
    )


def check_layer_norm(problem):
    axis = problem.options["axis"]
    axes = tuple(range(axis, len(problem.shape)))
    _check_norm(
        problem,
        sw.layer_norm,
        sw.layer_norm_backward,
        problem.shape[axis:],
        lambda x, epsilon: _standardised(x, axes, epsilon),
        axis=axis,
    )


def check_rms_norm(problem):
    axis = problem.options["axis"]
    axes = tuple(range(axis, len(problem.shape)))

    def standardised(x, epsilon):
        square = (x.astype(float) ** 2).mean(axes, keepdims=True)
        return x / np.sqrt(square + epsilon)

    _check_norm(
        problem,
        sw.rms_norm,
        sw.rms_norm_backward,
        problem.shape[axis:],
        standardised,
        shift=False,
        axis=axis,
    )


def check_local_response_norm(problem):
    rng, options = problem.rng(), dict(problem.options)
    x, size = problem.values(rng, *problem.shape), options.pop("size")
    y = sw.local_response_norm(x, size, **options)
    wanted = np.zeros(x.shape)
    for c in range(problem.C):
        near = x[..., max(c - (size - 1) // 2, 0) : c + size // 2 + 1].astype(float)
        base = options["k"] + options["alpha"] / size * (near**2).sum(-1)
        wanted[..., c] = x[..., c] / base ** options["beta"]
    close(y, wanted, problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    grad_x = sw.local_response_norm_backward(grad_y, x, size, **options)

    def function(v):
        return sw.local_response_norm(v, size, **options)

    same_gradient(function, x, grad_y, grad_x, linear=False)
    # ONNX Runtime has it in two dimensions, with an odd size and some alpha.
    if problem.N and x.ndim == 4 and size % 2 and options["alpha"]:
        names = {"bias": options["k"], "alpha": options["alpha"], "beta": options["beta"]}
        judged = runtime("LRN", first(x).astype(np.float32), size=size, **names)
        close(y, last(judged), problem.dtype, "float32")
