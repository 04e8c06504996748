"""How exact float32 results are, and what becomes of numbers that are not finite."""

import math

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import stridewise.engines.compiled as compiled
import stridewise.engines.loops as loops
from stridewise.blocks.explain_convolution import explain_conv2d
from stridewise.engines.compiled import convolution_plans
from stridewise.engines.compiled.direct import few_channels
from stridewise.engines.compiled.planning import planner
from stridewise.engines.precision import get_precision, set_precision
from stridewise.errors import EngineError
from stridewise.specs import ConvSpec

UNIT = 2.0**-24  # a rounding to float32 is wrong by at most so much of the number
FUNCTIONS = pytest.mark.parametrize("function", ["conv", "conv_grad_x", "conv_grad_weight"])


def problem(N, size, C_in, C_out, kernel=(3, 3), draw=None, **options):
    """A spec; x, weight and grad_y in float32."""
    spec = ConvSpec.of("conv", size, kernel, **options)
    rng = np.random.default_rng(C_in + C_out)
    draw = draw or rng.standard_normal
    shapes = [
        (N, *size, C_in),
        (*kernel, C_in // spec.groups, C_out),
        (N, *spec.output_size, C_out),
    ]
    return spec, [draw(shape).astype(np.float32) for shape in shapes]


def computed(function, spec, x, weight, grad_y, engine=compiled):
    """One of the three functions."""
    if function == "conv":
        return engine.conv(x, weight, None, spec)
    if function == "conv_grad_x":
        return engine.conv_grad_x(grad_y, weight, spec)
    return engine.conv_grad_weight(grad_y, x, spec)


def exactly(function, spec, arrays):
    """The same in float64, which is always the direct sum."""
    return computed(function, spec, *(array.astype(np.float64) for array in arrays))


def relative_error(given, wanted):
    return np.linalg.norm(given - wanted) / np.linalg.norm(wanted)


@pytest.fixture
def algorithms(monkeypatch, forget_plans):
    """The algorithms of the plans that are made."""
    made = []
    for name in ("winograd_plan", "winograd_gradient_plan", "direct_plan", "weight_gradient_plan"):
        real = getattr(convolution_plans, name)

        def noted(*args, name=name, real=real, **options):
            made.append(name)
            return real(*args, **options)

        monkeypatch.setattr(convolution_plans, name, noted)
    return made


@FUNCTIONS
@pytest.mark.parametrize(("N", "size", "channels"), [(1, (8, 8), 512), (2, (13, 14), 512)])
def test_winograd_is_wrong_by_few_roundings(algorithms, function, N, size, channels):
    """Relative in the Euclidean norm: an output that cancels has no digits in any algorithm."""
    spec, arrays = problem(N, size, channels, channels, padding=1)
    given = computed(function, spec, *arrays)
    assert [name for name in algorithms if "winograd" in name]
    assert relative_error(given, exactly(function, spec, arrays)) <= 3e-6


def spread_widely(shape):
    """Both signs, from 0.001 to 1000."""
    rng = np.random.default_rng(3)
    return rng.choice([-1, 1], shape) * 10 ** rng.uniform(-3, 3, shape)


DRAWS = {
    "both signs": None,
    "one sign": lambda shape: np.random.default_rng(5).uniform(0.5, 1.5, shape),
    "of many sizes": spread_widely,
}


@FUNCTIONS
@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize(
    ("size", "C_in", "C_out", "kernel"),
    [((11, 12), 70, 33, (5, 3)), ((9, 9), 300, 40, (1, 1)), ((33, 32), 3, 20, (7, 7))],
)
def test_the_direct_sum_is_wrong_by_its_roundings(size, C_in, C_out, kernel, draw, function):
    """Element by element.

    A sum of n products s is rounded n times, each time by at most UNIT · Σ|x·w|. The roundings
    have any sign, so they add up to about √n of the largest, not n; and not to a multiple of what
    rounding the exact sum once would cost, because |s| may be far below Σ|x·w|.
    """
    set_precision("high")
    spec, arrays = problem(2, size, C_in, C_out, kernel, DRAWS[draw], padding=1)
    given, wanted = computed(function, spec, *arrays), exactly(function, spec, arrays)
    magnitude = exactly(function, spec, [abs(array) for array in arrays])
    summands = {
        "conv": math.prod(kernel) * C_in,
        "conv_grad_x": math.prod(kernel) * C_out,
        "conv_grad_weight": 2 * math.prod(spec.output_size),
    }[function]
    assert (abs(given - wanted) <= UNIT * (4 + 2 * math.sqrt(summands)) * magnitude).all()
    if draw == "both signs":  # partial sums are small, too: as for one rounding each of √n
        assert relative_error(given, wanted) <= UNIT * math.sqrt(summands) / 2


@FUNCTIONS
def test_high_rules_winograd_out(algorithms, monkeypatch, forget_plans, function):
    """The bits are those of the direct sum."""
    spec, arrays = problem(2, (12, 13), 24, 40, padding=1)
    fast = computed(function, spec, *arrays)
    assert algorithms[0].startswith("winograd")
    algorithms.clear()
    set_precision("high")
    assert get_precision() == "high"
    given = computed(function, spec, *arrays)
    assert len(algorithms) == 1
    assert not algorithms[0].startswith("winograd")
    set_precision("medium")
    forget_plans()
    monkeypatch.setattr(planner, "_FEWEST_CHANNELS", 10**9)  # direct for another reason
    assert_array_equal(given.view(np.int32), computed(function, spec, *arrays).view(np.int32))
    assert not np.array_equal(given, fast)


def test_high_is_what_explain_says():
    shapes = (2, 28, 28, 64), (3, 3, 64, 64)
    medium = explain_conv2d(*shapes, padding=1)
    set_precision("high")
    high = explain_conv2d(*shapes, padding=1)
    assert all(step.algorithm.startswith("Winograd") for step in medium.steps)
    assert all(step.algorithm.startswith("direct") for step in high.steps)
    assert {step.reason for step in high.steps} == {'set_precision("high")'}
    set_precision("medium")
    assert explain_conv2d(*shapes, padding=1) == medium


@pytest.mark.parametrize("precision", ["highest", "High", "", None, 3, ["high"]])
def test_what_is_no_precision(precision):
    with pytest.raises(EngineError, match=r"(?s)set_precision: there is no.*'medium' \| 'high'"):
        set_precision(precision)
    assert get_precision() == "medium"


def test_a_precision_is_guessed():
    with pytest.raises(EngineError, match=r"try: .*'high'"):
        set_precision("hihg")


@pytest.mark.parametrize("precision", ["medium", "high"])
@pytest.mark.parametrize("channels", [16, 64, 512])
def test_float64_never_uses_winograd(algorithms, precision, channels):
    set_precision(precision)
    shapes = (8, 56, 56, channels), (3, 3, channels, channels)
    said = explain_conv2d(*shapes, padding=1, dtype="float64")
    assert all(step.algorithm.startswith("direct") for step in said.steps)
    assert algorithms
    assert not [name for name in algorithms if "winograd" in name]


SIZES = {
    "winograd": {"N": 1, "size": (9, 10), "C_in": 18, "C_out": 17, "padding": 1},
    "winograd without padding": {"N": 2, "size": (9, 8), "C_in": 17, "C_out": 20},
    "few channels": {"N": 1, "size": (11, 12), "C_in": 3, "C_out": 17, "padding": 1},
    "few channels, strided": {"N": 1, "size": (15, 14), "C_in": 3, "C_out": 9, "stride": 2},
    "direct": {"N": 1, "size": (8, 9), "C_in": 18, "C_out": 17, "kernel": (2, 3), "stride": 2},
    "depthwise": {"N": 1, "size": (8, 9), "C_in": 18, "C_out": 18, "groups": 18},
    "narrow groups": {"N": 1, "size": (8, 9), "C_in": 8, "C_out": 8, "groups": 4},
}
ODD = {
    "NaN": (math.nan,),
    "inf and its opposite": (math.inf, -math.inf),
    "all": (math.nan, math.inf, -math.inf, -0.0, math.inf),
}
EVERY_ODD = pytest.mark.parametrize("odd", ODD)
EVERY_SIZE = pytest.mark.parametrize("sizes", SIZES)


def with_odd(array, values, rng):
    """A copy with each of the values somewhere, the last one in a corner."""
    array = array.copy()
    for value in values:
        array[tuple(rng.integers(0, length) for length in array.shape)] = value
    array[(-1, *[0] * (array.ndim - 2), -1)] = values[-1]
    return array


def pattern(array):
    """0 for what is finite, 1 for NaN, 2 and 3 for the infinities."""
    return np.select([np.isnan(array), array == math.inf, array == -math.inf], [1, 2, 3], 0)


@pytest.fixture
def small_ones_too(monkeypatch, forget_plans):
    """Take the ways of large problems for small ones."""
    monkeypatch.setattr(planner, "_INPUT_TILE", 0)
    monkeypatch.setattr(planner, "_OUTPUT_TILE", 0)
    monkeypatch.setattr(planner, "_A_PAIR", 0)
    monkeypatch.setattr(few_channels, "_LEAST_WORK", 0)


def check_pattern(function, spec, arrays, where=True):
    """Like the loops, where it is asked for."""
    given = computed(function, spec, *arrays)
    wanted = computed(function, spec, *arrays, engine=loops)
    assert_array_equal(pattern(given) * where, pattern(wanted) * where)
    finite = np.isfinite(wanted) & where
    np.testing.assert_allclose(given[finite], wanted[finite], rtol=1e-4, atol=1e-4)


@EVERY_SIZE
@EVERY_ODD
@pytest.mark.parametrize(
    ("function", "which"), [("conv", 0), ("conv_grad_weight", 0), ("conv_grad_x", 2)]
)
def test_what_is_not_finite_is_where_it_belongs(small_ones_too, sizes, odd, function, which):
    """In the image, or in the gradients that go back to it."""
    spec, arrays = problem(**SIZES[sizes])
    arrays[which] = with_odd(arrays[which], ODD[odd], np.random.default_rng(1))
    check_pattern(function, spec, arrays)


@EVERY_SIZE
@EVERY_ODD
@pytest.mark.parametrize("function", ["conv", "conv_grad_x"])
def test_weights_that_are_not_finite(small_ones_too, sizes, odd, function):
    """Away from the borders: what such a weight meets beyond them is tested below."""
    spec, arrays = problem(**SIZES[sizes])
    ones = [np.ones_like(array) for array in arrays]
    met = computed(function, spec, *ones, engine=loops)
    arrays[1] = with_odd(arrays[1], ODD[odd], np.random.default_rng(1))
    check_pattern(function, spec, arrays, where=met == met.max())


@EVERY_SIZE
@EVERY_ODD
def test_gradients_that_are_not_finite(small_ones_too, sizes, odd):
    """The gradient by the weights, away from the borders."""
    spec, arrays = problem(**SIZES[sizes])
    middle = tuple(slice(1, -1) for _ in spec.output_size)
    inner = arrays[2][:, *middle]
    arrays[2][:, *middle] = with_odd(inner, ODD[odd], np.random.default_rng(1))
    check_pattern("conv_grad_weight", spec, arrays)


@FUNCTIONS
@pytest.mark.parametrize("at", [0, 2], ids=["first", "last"])
def test_infinities_beyond_the_borders(function, at):
    """Zero times infinity is NaN, and nobody says who multiplies what lies beyond a border.

    There the engine may give NaN where the loops give a number, or the other way round; away
    from the borders the two agree.
    """
    set_precision("high")
    spec, arrays = problem(1, (5, 6), 8, 8, padding=1, draw=np.ones)
    met = computed(function, spec, *arrays, engine=loops)
    if function == "conv_grad_weight":
        arrays[2][0, at * 2, at * 2, 0] = math.inf
    else:
        arrays[1][at, at, 0, 0] = math.inf
    check_pattern(function, spec, arrays, where=met == met.max())
    given, wanted = (
        pattern(computed(function, spec, *arrays, engine=e)) for e in (compiled, loops)
    )
    differ = given != wanted
    assert set(np.unique(given[differ])) | set(np.unique(wanted[differ])) <= {0, 1, 2}


@FUNCTIONS
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("size", [3e38, 1e37, 6e18])
def test_overflow_is_where_the_sum_overflows(small_ones_too, sizes, size, function):
    """All of one sign, so that the order of summands does not matter."""
    spec, arrays = problem(**SIZES[sizes], draw=lambda shape: np.full(shape, 1.0))
    for array, factor in zip(arrays, (1.0, size, 1.0), strict=True):
        array *= np.float32(factor)
    if function == "conv_grad_weight":
        arrays[0] *= np.float32(size)
    given = computed(function, spec, *arrays)
    wanted = computed(function, spec, *arrays, engine=loops)
    assert_array_equal(pattern(given), pattern(wanted))


@FUNCTIONS
@pytest.mark.parametrize("sizes", SIZES)
def test_zeros_of_either_sign_are_zeros(small_ones_too, sizes, function):
    spec, arrays = problem(**SIZES[sizes], draw=lambda shape: np.full(shape, -0.0))
    assert_array_equal(computed(function, spec, *arrays), 0)
