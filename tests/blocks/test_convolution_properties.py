"""What every convolution satisfies, whatever its integers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridewise.blocks.convolution import conv, conv_backward
from stridewise.specs import ConvSpec
from stridewise.testing import check_engines_agree

pytestmark = pytest.mark.usefixtures("engine")


@st.composite
def problems(draw, least_groups=1):
    """x, weight, grad_y of small integers, in float64: every sum below is exact."""
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    dilation = tuple(draw(st.integers(1, 2)) for _ in range(rank))
    stride = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    padding = tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(rank))
    lacks = [d * (k - 1) + 1 - sum(p) for k, d, p in zip(kernel, dilation, padding, strict=True)]
    size = tuple(max(lack, 1) + draw(st.integers(0, 3)) for lack in lacks)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    options["groups"] = draw(st.integers(least_groups, 3))
    N, C_in_group, C_out_group = (draw(st.integers(1, 2)) for _ in range(3))
    spec = ConvSpec.of("demo", size, kernel, **options)
    C_in, C_out = C_in_group * spec.groups, C_out_group * spec.groups
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def integers(*shape):
        return rng.integers(-9, 10, shape).astype(np.float64)

    x, weight = integers(N, *size, C_in), integers(*kernel, C_in_group, C_out)
    return rank, x, weight, integers(N, *spec.output_size, C_out), options


examples = settings(max_examples=40)


@examples
@given(problems(), st.integers(-3, 3), st.integers(-3, 3))
def test_linear_in_x_and_in_weight(problem, a, b):
    rank, x, weight, _, options = problem
    other_x, other_weight = x[..., ::-1] + 1, weight[..., ::-1] - 1
    y = conv(rank, x, weight, **options)
    by_x = conv(rank, a * x + b * other_x, weight, **options)
    assert np.array_equal(by_x, a * y + b * conv(rank, other_x, weight, **options))
    by_weight = conv(rank, x, a * weight + b * other_weight, **options)
    assert np.array_equal(by_weight, a * y + b * conv(rank, x, other_weight, **options))


@examples
@given(problems())
def test_the_gradients_are_adjoint(problem):
    rank, x, weight, grad_y, options = problem
    g = conv_backward(rank, grad_y, x, weight, **options)
    product = np.sum(conv(rank, x, weight, **options) * grad_y)
    assert np.sum(x * g.x) == product
    assert np.sum(weight * g.weight) == product
    bias = np.arange(1.0, weight.shape[-1] + 1)
    with_bias = np.sum(conv(rank, x, weight, bias, **options) * grad_y)
    assert with_bias - product == np.sum(bias * g.bias)


@examples
@given(problems())
def test_a_shift_of_x_by_the_stride_shifts_y_by_one(problem):
    rank, x, weight, _, options = problem
    y = conv(rank, x, weight, **options)
    # Zeros put before the input are no different from padding, which reaches as far here.
    step = options["stride"][0]
    shifted = np.concatenate([np.zeros_like(x[:, :1]).repeat(step, 1), x], axis=1)
    later = conv(rank, shifted, weight, **options)
    assert np.array_equal(later[:, 1 : 1 + y.shape[1]], y)


@examples
@given(problems(least_groups=2))
def test_groups_are_a_block_diagonal_weight(problem):
    rank, x, weight, grad_y, options = problem
    groups = options["groups"]
    C_in, C_out = x.shape[-1], weight.shape[-1]
    input_group = np.arange(C_in) // (C_in // groups)
    output_group = np.arange(C_out) // (C_out // groups)
    together = input_group[:, None] == output_group
    full = np.concatenate([weight] * groups, axis=-2) * together
    y = conv(rank, x, weight, **options)
    whole = {**options, "groups": 1}
    assert np.array_equal(y, conv(rank, x, full, **whole))
    g, by_full = (
        conv_backward(rank, grad_y, x, w, **o) for w, o in ((weight, options), (full, whole))
    )
    assert np.array_equal(g.x, by_full.x)
    blocks = (by_full.weight * together).reshape(*weight.shape[:-2], groups, -1, C_out)
    assert np.array_equal(g.weight, blocks.sum(axis=-3))


@examples
@given(problems())
def test_examples_do_not_see_one_another(problem):
    rank, x, weight, grad_y, options = problem
    alone = [conv(rank, one[None], weight, **options) for one in x]
    assert np.array_equal(conv(rank, x, weight, **options), np.concatenate(alone))
    grads = [
        conv_backward(rank, g[None], one[None], weight, **options)
        for g, one in zip(grad_y, x, strict=True)
    ]
    whole = conv_backward(rank, grad_y, x, weight, **options)
    assert np.array_equal(whole.x, np.concatenate([grad.x for grad in grads]))
    assert np.array_equal(whole.weight, sum(grad.weight for grad in grads))


@examples
@given(problems())
def test_padding_is_zeros_around_the_input(problem):
    rank, x, weight, _, options = problem
    padded = np.pad(x, ((0, 0), *options["padding"], (0, 0)))
    y = conv(rank, padded, weight, **{**options, "padding": 0})
    assert np.array_equal(conv(rank, x, weight, **options), y)


@examples
@given(problems())
def test_dilation_is_zeros_between_the_taps(problem):
    rank, x, weight, _, options = problem
    reach = [d * (k - 1) + 1 for k, d in zip(weight.shape, options["dilation"], strict=False)]
    spread = np.zeros((*reach, *weight.shape[-2:]))
    spread[tuple(slice(None, None, d) for d in options["dilation"])] = weight
    y = conv(rank, x, spread, **{**options, "dilation": 1})
    assert np.array_equal(conv(rank, x, weight, **options), y)


@examples
@given(problems())
def test_stride_skips_outputs(problem):
    rank, x, weight, _, options = problem
    y = conv(rank, x, weight, **{**options, "stride": 1})
    every = (slice(None), *(slice(None, None, step) for step in options["stride"]))
    assert np.array_equal(conv(rank, x, weight, **options), y[every])


@settings(max_examples=60)
@given(problems())
def test_engines_agree_exactly_on_integers(problem):
    rank, x, weight, grad_y, options = problem

    def call():
        y = conv(rank, x, weight, **options)
        return (y, *conv_backward(rank, grad_y, x, weight, **options))

    check_engines_agree(call, rtol=0, atol=0)
