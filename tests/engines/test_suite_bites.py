"""Deliberately broken engines: each must fail a check, so that the checks are known to bite.

An engine is broken by replacing one function of the numpy engine; the cases are those of
test_agreement, so what passes here would pass there.
"""

import inspect
import sys
from dataclasses import replace
from math import prod
from types import FunctionType, SimpleNamespace

import numpy as np
import pytest

from stridewise.engines import engine_info, selection, vectorized
from stridewise.engines.vectorized import tiles as tile_module
from stridewise.engines.vectorized.convolution import conv as tiled_conv
from stridewise.testing import check_engines_agree

FUNCTIONS = tuple(name for name in vectorized.__all__ if name != "explain")
sound = SimpleNamespace(**{name: getattr(vectorized, name) for name in FUNCTIONS})
BROKEN = {}


def broken(function):
    """Register an engine that has this function in place of the one it is named after."""
    name = next(
        s for s in sorted(FUNCTIONS, key=len, reverse=True) if function.__name__.startswith(s)
    )
    what = function.__name__.removeprefix(f"{name}_")
    BROKEN[f"{name}: {what}"] = SimpleNamespace(**{**vars(sound), name: function})
    return function


def ones(spec):
    return (1,) * spec.rank


def cropped(y, spec):
    return y[(slice(None), *(slice(size) for size in spec.output_size))]


def corner_of(x, spec):
    """Where each tap of each window stands in the padded input: the slow, sure way."""
    for position in np.ndindex(*spec.output_size):
        for tap in np.ndindex(*spec.kernel_size):
            place = zip(position, tap, spec.axes, strict=True)
            where = tuple(axis.start(p) + t * axis.dilation for p, t, axis in place)
            if all(0 <= w < axis.size for w, axis in zip(where, spec.axes, strict=True)):
                yield (slice(None), *where), (slice(None), *position), tap


@broken
def conv_stride_ignored(x, weight, bias, spec, *more):
    return cropped(sound.conv(x, weight, bias, replace(spec, stride=ones(spec)), *more), spec)


@broken
def conv_stride_of_the_first_axis_everywhere(x, weight, bias, spec, *more):
    same = replace(spec, stride=(min(spec.stride),) * spec.rank)
    return cropped(sound.conv(x, weight, bias, same, *more), spec)


@broken
def conv_dilation_ignored(x, weight, bias, spec, *more):
    return cropped(sound.conv(x, weight, bias, replace(spec, dilation=ones(spec)), *more), spec)


@broken
def conv_groups_ignored(x, weight, bias, spec, *more):
    wide = np.concatenate([weight] * spec.groups, axis=-2)
    return sound.conv(x, wide, bias, replace(spec, groups=1), *more)


@broken
def conv_kernel_flipped(x, weight, bias, spec, *more):
    return sound.conv(x, np.flip(weight, range(spec.rank)), bias, spec, *more)


@broken
def conv_padding_on_the_wrong_side(x, weight, bias, spec, *more):
    swapped = tuple((after, before) for before, after in spec.padding)
    return sound.conv(x, weight, bias, replace(spec, padding=swapped), *more)


@broken
def conv_bias_missing(x, weight, bias, spec, *more):
    return sound.conv(x, weight, None, spec, *more)


@broken
def conv_first_example_only(x, weight, bias, spec, *more):
    return sound.conv(np.broadcast_to(x[:1], x.shape), weight, bias, spec, *more)


@broken
def conv_in_single_precision(x, weight, bias, spec, *more):
    narrow = [None if array is None else array.astype(np.float32) for array in (x, weight, bias)]
    return sound.conv(*narrow, spec, *more)


@broken
def conv_epilogue_ignored(x, weight, bias, spec, *_):
    return sound.conv(x, weight, bias, spec)


@broken
def conv_residual_missing(x, weight, bias, spec, epilogue=None, *_):
    return sound.conv(x, weight, bias, spec, epilogue and epilogue._replace(residual=None))


@broken
def conv_clipped_before_the_residual_comes(x, weight, bias, spec, epilogue=None, *_):
    if epilogue is None or epilogue.residual is None:
        return sound.conv(x, weight, bias, spec, epilogue)
    y = sound.conv(x, weight, bias, spec, epilogue._replace(residual=None))
    return y + epilogue.residual


@broken
def conv_writes_to_its_input(x, weight, bias, spec, *more):
    x += 0
    return sound.conv(x, weight, bias, spec, *more)


@broken
def conv_grad_x_assigned_not_added(grad_y, weight, spec):
    grad_x = sound.conv_grad_x(np.zeros_like(grad_y), weight, spec)
    if spec.groups > 1:
        return sound.conv_grad_x(grad_y, weight, spec)
    for at_x, at_y, tap in corner_of(grad_x, spec):
        grad_x[at_x] = grad_y[at_y] @ weight[tap].T
    return grad_x


@broken
def conv_grad_x_weights_flipped(grad_y, weight, spec):
    return sound.conv_grad_x(grad_y, np.flip(weight, range(spec.rank)), spec)


@broken
def conv_grad_x_crop_from_the_corner(grad_y, weight, spec):
    return np.roll(sound.conv_grad_x(grad_y, weight, spec), spec.padding[0][0], axis=1)


@broken
def conv_grad_weight_divided_by_the_batch(grad_y, x, spec):
    return sound.conv_grad_weight(grad_y, x, spec) / x.dtype.type(len(x))


@broken
def conv_grad_weight_from_the_first_group(grad_y, x, spec):
    first = x[..., : x.shape[-1] // spec.groups]
    return sound.conv_grad_weight(grad_y, np.concatenate([first] * spec.groups, -1), spec)


@broken
def channel_sums_of_the_first_example(grad_y):
    return sound.channel_sums(grad_y[:1])


@broken
def channel_sums_is_a_mean(grad_y):
    return sound.channel_sums(grad_y) / len(grad_y)


@broken
def channel_moments_of_the_first_example(x):
    return sound.channel_moments(x[:1])


@broken
def channel_moments_of_a_sample(x):
    mean, variance = sound.channel_moments(x)
    count = x.size // x.shape[-1]
    return mean, variance * count / (count - 1)


@broken
def channel_products_not_centred(grad_y, x, centre):
    return sound.channel_products(grad_y, x, np.zeros_like(centre))


@broken
def channel_products_of_absolute_values(grad_y, x, centre):
    return sound.channel_products(grad_y, abs(x), centre)


@broken
def normalise_without_a_shift(x, centre, scale, shift):
    return sound.normalise(x, centre, scale, np.zeros_like(shift))


@broken
def normalise_with_the_scale_of_the_first_channel(x, centre, scale, shift):
    return sound.normalise(x, centre, np.full_like(scale, scale[0]), shift)


@broken
def normalise_grad_not_centred(grad_y, x, centre, scale, slope, shift):
    return sound.normalise_grad(grad_y, x, np.zeros_like(centre), scale, slope, shift)


@broken
def normalise_grad_as_if_the_statistics_were_given(grad_y, x, centre, scale, slope, shift):
    return grad_y * scale


@broken
def relu_of_absolute_values(x):
    return abs(x)


@broken
def relu_grad_passes_everything(grad_y, x):
    return grad_y.copy()


@broken
def add_forgets_one(a, b):
    return a.copy()


@broken
def max_pool_from_zero(x, spec, *, indices):
    y, where = sound.max_pool(x, spec, indices=indices)
    return np.maximum(y, 0), where


@broken
def max_pool_zero_padding_wins(x, spec, *, indices):
    y, where = sound.max_pool(x, spec, indices=indices)
    for position in np.ndindex(*spec.output_size):
        pairs = zip(position, spec.axes, strict=True)
        if prod(axis.counted(at, False) for at, axis in pairs) < prod(spec.kernel_size):
            y[:, *position] = np.maximum(y[:, *position], 0)
    return y, where


@broken
def max_pool_loses_a_nan(x, spec, *, indices):
    return sound.max_pool(np.where(np.isnan(x), x.dtype.type(-np.inf), x), spec, indices=indices)


@broken
def max_pool_ceil_mode_ignored(x, spec, *, indices):
    return sound.max_pool(x, replace(spec, ceil_mode=False), indices=indices)


@broken
def max_pool_indices_count_through_the_batch(x, spec, *, indices):
    y, where = sound.max_pool(x, spec, indices=indices)
    if where is not None:
        examples = np.arange(len(x)).reshape(-1, *(1,) * (x.ndim - 1))
        where = where + examples * prod(spec.input_size)
    return y, where


def later_wins(x, spec):
    """Break ties by place, the last first: too little to change anything else."""
    ramp = np.arange(prod(spec.input_size)) / (8 * prod(spec.input_size))
    return x + ramp.reshape(*spec.input_size, 1).astype(x.dtype)


@broken
def max_pool_last_tie_wins(x, spec, *, indices):
    y, _ = sound.max_pool(x, spec, indices=False)
    return y, sound.max_pool(later_wins(x, spec), spec, indices=True)[1] if indices else None


@broken
def max_pool_grad_last_tie_wins(grad_y, x, spec, ties):
    return sound.max_pool_grad(grad_y, later_wins(x, spec) if ties == "first" else x, spec, ties)


@broken
def max_pool_grad_always_first(grad_y, x, spec, ties):
    return sound.max_pool_grad(grad_y, x, spec, "first")


@broken
def max_pool_grad_always_all(grad_y, x, spec, ties):
    return sound.max_pool_grad(grad_y, x, spec, "all")


@broken
def max_pool_grad_assigned_not_added(grad_y, x, spec, ties):
    grad_x = sound.max_pool_grad(grad_y, x, spec, ties)
    if ties == "first":
        _, where = sound.max_pool(x, spec, indices=True)
        flat, per_place = (len(x), -1, x.shape[-1]), grad_x.reshape(len(x), -1, x.shape[-1])
        np.put_along_axis(per_place, where.reshape(flat), grad_y.reshape(flat), axis=1)
    return grad_x


def shares(spec, dtype, counted):
    """What to multiply a mean by so that it is a sum divided by something else."""
    ratio = np.ones(spec.output_size, dtype)
    for position in np.ndindex(*spec.output_size):
        pairs = list(zip(position, spec.axes, strict=True))
        ratio[position] = prod(a.counted(at, spec.count_include_pad) for at, a in pairs) / counted
    return ratio[..., None]


@broken
def avg_pool_divides_by_the_kernel(x, spec):
    return sound.avg_pool(x, spec) * shares(spec, x.dtype, prod(spec.kernel_size))


@broken
def avg_pool_is_a_sum(x, spec):
    return sound.avg_pool(x, spec) * shares(spec, x.dtype, 1)


@broken
def avg_pool_counts_padding_whatever_is_asked(x, spec):
    return sound.avg_pool(x, replace(spec, count_include_pad=True))


@broken
def avg_pool_never_counts_padding(x, spec):
    return sound.avg_pool(x, replace(spec, count_include_pad=False))


@broken
def avg_pool_grad_scaled(grad_y, spec):
    return sound.avg_pool_grad(grad_y, spec) * shares(spec, grad_y.dtype, 1).max()


@broken
def avg_pool_grad_divides_by_the_kernel(grad_y, spec):
    return sound.avg_pool_grad(grad_y * shares(spec, grad_y.dtype, prod(spec.kernel_size)), spec)


@broken
def avg_pool_grad_assigned_not_added(grad_y, spec):
    grad_x = sound.avg_pool_grad(np.zeros_like(grad_y), spec)
    for at_x, at_y, _ in corner_of(grad_x, spec):
        grad_x[at_x] = grad_y[at_y] * shares(spec, grad_y.dtype, 1)[at_y[1:]] ** -1
    return grad_x


def all_but_the_last_tile(*arguments):
    every = list(tile_module.tiles(*arguments))
    return every if len(every) == 1 else every[:-1]


# The same function with other globals: the engine as it would be if it forgot its last tile.
bare_conv = inspect.unwrap(tiled_conv)
tiled = {**bare_conv.__globals__, "tiles": all_but_the_last_tile}
conv_last_tile_dropped = FunctionType(
    bare_conv.__code__, tiled, "conv_last_tile_dropped", bare_conv.__defaults__
)
broken(conv_last_tile_dropped)


@pytest.fixture
def failures(monkeypatch, agreement_cases, cut_tiles):
    """Run the cases on an engine, whole and in tiles; name those that fail, one by one."""

    def failures(engine):
        monkeypatch.setitem(sys.modules, "an_engine_on_trial", engine)
        names = {"on trial": "an_engine_on_trial", "loops": "stridewise.engines.loops"}
        monkeypatch.setattr(selection, "_MODULES", names)
        assert engine_info().available == ("on trial", "loops")
        for tile_bytes in (tile_module.TILE_BYTES, 600):
            cut_tiles(tile_bytes)
            for name, call in agreement_cases.items():
                try:
                    check_engines_agree(call)
                except (AssertionError, ValueError):  # ValueError: it wrote to a read-only array
                    yield name

    return failures


def test_the_sound_engine_fails_nothing(failures):
    assert list(failures(sound)) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_engine_fails(failures, name):
    assert next(failures(BROKEN[name]), None) is not None


def test_enough_is_broken_and_all_functions_are():
    assert len(BROKEN) >= 15
    assert {name.partition(":")[0] for name in BROKEN} == set(FUNCTIONS)
