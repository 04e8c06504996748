"""Unfolding and folding."""

import math

import numpy as np
from fuzz.judging import close, meetings, same_gradient

from stridewise.blocks.unfold import fold, fold_backward, unfold, unfold_backward

__all__ = ["check_fold", "check_unfold"]


def _options(problem):
    options = {"kernel_size": problem.kernel, "stride": problem.stride}
    return options | {"padding": problem.padding, "dilation": problem.dilation}


def check_unfold(problem):
    options = _options(problem)
    rng, taps = problem.rng(), math.prod(problem.kernel)
    x = problem.values(rng, problem.N, *problem.size, problem.wide)
    wanted = np.zeros((problem.N, *problem.output(), taps, x.shape[-1]))
    for position, tap, place, inside, _ in meetings(problem, problem.output()):
        if inside:
            row = np.ravel_multi_index(tap, problem.kernel)
            wanted[(slice(None), *position, row)] = x[(slice(None), *place)]
    y = unfold(x, **options)
    close(y, wanted.reshape(*wanted.shape[:-2], taps * x.shape[-1]), problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    grad_x = unfold_backward(grad_y, x, **options)
    same_gradient(lambda v: unfold(v, **options), x, grad_y, grad_x)


def check_fold(problem):
    options = _options(problem)
    rng, taps, C = problem.rng(), math.prod(problem.kernel), problem.wide
    rows = problem.values(rng, problem.N, *problem.output(), taps * C)
    split = rows.reshape(*rows.shape[:-1], taps, C)
    wanted = np.zeros((problem.N, *problem.size, C))
    for position, tap, place, inside, _ in meetings(problem, problem.output()):
        if inside:
            row = np.ravel_multi_index(tap, problem.kernel)
            wanted[(slice(None), *place)] += split[(slice(None), *position, row)]
    y = fold(rows, problem.size, **options)
    close(y, wanted, problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    grad = fold_backward(grad_y, rows, problem.size, **options)
    same_gradient(lambda v: fold(v, problem.size, **options), rows, grad_y, grad)
