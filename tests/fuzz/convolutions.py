"""Convolution, transposed and deformable convolution."""

import numpy as np
import pytest
from fuzz.judging import close, first, last, meetings, onnx_window, runtime, same_gradient
from scipy.signal import correlate

from stridewise.blocks.convolution import conv, conv_backward
from stridewise.blocks.deformable_convolution import deform_conv, deform_conv_backward
from stridewise.blocks.transposed_convolution import conv_transpose, conv_transpose_backward
from stridewise.errors import ShapeError
from stridewise.testing import check_engines_agree

__all__ = ["check_conv", "check_conv_transpose", "check_deform_conv"]


def _options(problem):
    options = {"stride": problem.stride, "padding": problem.padding}
    return options | {"dilation": problem.dilation, "groups": problem.groups}


def _arrays(problem, sizes):
    """Input, weights and bias; ``sizes`` is the input's."""
    rng, C_out = problem.rng(), problem.groups * problem.deep
    x = problem.values(rng, problem.N, *sizes, problem.groups * problem.wide)
    weight = problem.values(rng, *problem.kernel, problem.wide, C_out)
    return rng, x, weight, problem.values(rng, C_out)


def _by_scipy(problem, x, weight, bias):
    """Dilate the kernel with zeros, correlate everywhere, keep every stride-th position."""
    spread = np.zeros((*problem.reach, *weight.shape[-2:]))
    spread[tuple(slice(None, None, d) for d in problem.dilation)] = weight
    padded = np.pad(x.astype(float), ((0, 0), *problem.pairs, (0, 0)))
    steps = tuple(slice(None, None, s) for s in problem.stride)
    y = np.zeros((problem.N, *problem.output(), weight.shape[-1])) + bias
    for n, o in np.ndindex(problem.N, weight.shape[-1]):
        group = o // problem.deep
        for c in range(problem.wide):
            image = padded[n, ..., group * problem.wide + c]
            y[n, ..., o] += correlate(image, spread[..., c, o], "valid", "direct")[steps]
    return y


def check_conv(problem):
    rank, options = problem.rank, _options(problem)
    rng, x, weight, bias = _arrays(problem, problem.size)
    bias = bias if problem.flag else np.zeros_like(bias)
    y = conv(rank, x, weight, bias, **options)
    grad_y = problem.values(rng, *y.shape)
    g = conv_backward(rank, grad_y, x, weight, **options)
    check_engines_agree(
        lambda: (
            conv(rank, x, weight, bias, **options),
            *conv_backward(rank, grad_y, x, weight, **options),
        )
    )
    close(y, _by_scipy(problem, x, weight, bias), problem.dtype)
    if problem.N:
        inputs = (first(x), np.moveaxis(weight, (-1, -2), (0, 1)), bias)
        inputs = (array.astype(np.float32) for array in inputs)
        judged = runtime("Conv", *inputs, group=problem.groups, **onnx_window(problem))
        close(y, last(judged), problem.dtype, "float32")
    same_gradient(lambda v: conv(rank, v, weight, **options), x, grad_y, g.x)
    same_gradient(lambda v: conv(rank, x, v, **options), weight, grad_y, g.weight)
    close(g.bias, grad_y.sum(tuple(range(rank + 1)), dtype=float), problem.dtype)


def _stamped(problem, x, weight):
    """Stamp the kernel onto the whole output, then cut the padding off."""
    sizes = zip(problem.size, problem.stride, problem.reach, problem.extra, strict=True)
    whole = [(n - 1) * s + r + e for n, s, r, e in sizes]
    cuts = problem.pairs
    if problem.padding in ("same", "same_lower"):
        cuts = []
        for n, s, size in zip(problem.size, problem.stride, whole, strict=True):
            total = size - n * s  # negative where it must go on instead
            small, large = max(total, 0) // 2, max(total, 0) - max(total, 0) // 2
            pair = (small, large) if problem.padding == "same" else (large, small)
            cuts.append((pair[0], pair[1] + min(total, 0)))
    more = [max(-after, 0) for _, after in cuts]
    C_out = weight.shape[-2] * problem.groups
    y = np.zeros((problem.N, *(w + m for w, m in zip(whole, more, strict=True)), C_out))
    for tap in np.ndindex(*problem.kernel):
        at = tuple(
            slice(t * d, t * d + (n - 1) * s + 1, s)
            for t, d, n, s in zip(tap, problem.dilation, problem.size, problem.stride, strict=True)
        )
        for group in range(problem.groups):
            ins = slice(group * problem.deep, (group + 1) * problem.deep)
            outs = slice(group * problem.wide, (group + 1) * problem.wide)
            y[(slice(None), *at, outs)] += x[..., ins].astype(float) @ weight[tap][:, ins].T
    ends = (
        max(size - max(after, 0), 0) for (_, after), size in zip(cuts, y.shape[1:-1], strict=True)
    )
    kept = (slice(b, end) for (b, _), end in zip(cuts, ends, strict=True))
    return y[(slice(None), *kept)]


def check_conv_transpose(problem):
    rank, options = problem.rank, _options(problem) | {"output_padding": problem.extra}
    rng, _, weight, _ = _arrays(problem, problem.size)
    x = problem.values(rng, problem.N, *problem.size, problem.groups * problem.deep)
    wanted = _stamped(problem, x, weight)
    if 0 in wanted.shape[1:-1]:
        with pytest.raises(ShapeError, match="leaves nothing of the output"):
            conv_transpose(rank, x, weight, **options)
        return
    y = conv_transpose(rank, x, weight, **options)
    close(y, wanted, problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    g = conv_transpose_backward(rank, grad_y, x, weight, **options)
    check_engines_agree(
        lambda: (
            conv_transpose(rank, x, weight, **options),
            *conv_transpose_backward(rank, grad_y, x, weight, **options),
        )
    )
    # ONNX Runtime has no output_padding that reaches the stride.
    short = all(e < s for e, s in zip(problem.extra, problem.stride, strict=True))
    if problem.N and short and not isinstance(problem.padding, str):
        judged = runtime(
            "ConvTranspose",
            first(x).astype(np.float32),
            np.moveaxis(weight, (-1, -2), (0, 1)).astype(np.float32),
            group=problem.groups,
            output_padding=problem.extra,
            **onnx_window(problem),
        )
        close(y, last(judged), problem.dtype, "float32")
    same_gradient(lambda v: conv_transpose(rank, v, weight, **options), x, grad_y, g.x)
    same_gradient(lambda v: conv_transpose(rank, x, v, **options), weight, grad_y, g.weight)
    close(g.bias, grad_y.sum(tuple(range(rank + 1)), dtype=float), problem.dtype)


def _sample(image, place):
    """Between the elements around ``place``, with zeros outside: the definition, in loops."""
    total = 0.0
    low = [int(np.floor(p)) for p in place]
    for corner in np.ndindex(*(2,) * len(place)):
        at = tuple(f + c for f, c in zip(low, corner, strict=True))
        nearness = np.prod([1 - abs(p - i) for p, i in zip(place, at, strict=True)])
        if all(0 <= i < n for i, n in zip(at, image.shape, strict=True)):
            total += nearness * image[at]
    return total


def _deformed(problem, x, offset, weight, mask, here):
    """All output channels at one position ``here = (n, *position)``."""
    y = np.zeros(weight.shape[-1])
    for position, tap, place, _, _ in meetings(problem, problem.output()):
        if position != here[1:]:
            continue
        number = np.ravel_multi_index(tap, problem.kernel)
        moved = offset[here][number * problem.rank : (number + 1) * problem.rank]
        where = [p + m for p, m in zip(place, moved, strict=True)]
        sample = np.array([_sample(image, where) for image in np.moveaxis(x[here[0]], -1, 0)])
        for o in range(y.size):
            first_channel = o // problem.deep * problem.wide
            seen = sample[first_channel : first_channel + problem.wide]
            y[o] += mask[here][number] * seen @ weight[tap][:, o]
    return y


def check_deform_conv(problem):
    """The plain reference looks at two positions, with one offset group; ONNX Runtime at all."""
    rank, options = problem.rank, _options(problem)
    rng, x, weight, _ = _arrays(problem, problem.size)
    x = x[:2]
    problem = problem._replace(N=x.shape[0])
    offset_groups = problem.groups if rank == 2 and problem.flag else 1
    options["offset_groups"] = offset_groups
    many = offset_groups * int(np.prod(problem.kernel))
    positions = (problem.N, *problem.output())
    offset = rng.uniform(-2, 2, (*positions, many * rank)).astype("f4").astype(problem.dtype)
    mask = rng.uniform(0, 1, (*positions, many)).astype("f4").astype(problem.dtype)
    y = deform_conv(rank, x, offset, weight, None, mask, **options)
    for here in {(0,) * (rank + 1), tuple(n - 1 for n in positions)}:
        if offset_groups == 1 and problem.N:
            wanted = _deformed(problem, x, offset, weight, mask, here)
            close(y[here], wanted, problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    check_engines_agree(
        lambda: deform_conv_backward(rank, grad_y, x, offset, weight, mask, **options)
    )
    if problem.N and rank == 2:
        inputs = (first(x), np.moveaxis(weight, (-1, -2), (0, 1)), first(offset), None, first(mask))
        inputs = (a if a is None else a.astype(np.float32) for a in inputs)
        window = onnx_window(problem)
        groups = {"group": problem.groups, "offset_group": offset_groups}
        close(y, last(runtime("DeformConv", *inputs, **groups, **window)), problem.dtype, "float32")
    g = deform_conv_backward(rank, grad_y, x, offset, weight, mask, **options)

    def by(place):
        arrays = [x, offset, weight, None, mask]
        return lambda v: deform_conv(
            rank, *(v if i == place else a for i, a in enumerate(arrays)), **options
        )

    same_gradient(by(0), x, grad_y, g.x)
    same_gradient(by(1), offset, grad_y, g.offset, linear=False)
    same_gradient(by(2), weight, grad_y, g.weight)
    same_gradient(by(4), mask, grad_y, g.mask)
