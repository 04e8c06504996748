"""What holds for every activation: gradients, infinities, NaN, dtypes, memory, shapes, errors."""

import inspect
from importlib import import_module

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.testing import check_gradients

inf, nan = np.inf, np.nan


def load(module):
    """The module: `stridewise.blocks.gelu` as an attribute is the function."""
    return import_module(f"stridewise.blocks.{module}")


def case(module, name, **options):
    forward, both = getattr(load(module), name), getattr(load(module), f"{name}_backward")

    def backward(grad_y, x):
        gradients = both(grad_y, x, **options)
        return getattr(gradients, "x", gradients)  # of prelu's two, the one by x

    return pytest.param(
        lambda x: forward(x, **options),
        backward,
        id=f"{name}{options or ''}",
    )


ELEMENTWISE = [
    case("rectifiers", "leaky_relu"),
    case("rectifiers", "leaky_relu", slope=-0.5),
    case("rectifiers", "leaky_relu", slope=0),
    case("rectifiers", "prelu", weight=np.array(-2, "i1")),
    case("rectifiers", "thresholded_relu"),
    case("rectifiers", "thresholded_relu", alpha=-0.7),
    case("exponential_units", "elu"),
    case("exponential_units", "elu", alpha=-2),
    case("exponential_units", "selu"),
    case("exponential_units", "selu", alpha=0.5, gamma=3),
    case("exponential_units", "celu"),
    case("exponential_units", "celu", alpha=np.float32(0.3)),
    case("smooth_activations", "silu"),
    case("smooth_activations", "mish"),
    case("smooth_activations", "softplus"),
    case("smooth_activations", "softsign"),
    case("gelu", "gelu"),
    case("gelu", "gelu", approximate="tanh"),
    case("erf", "erf"),
    case("hard_activations", "hard_sigmoid"),
    case("hard_activations", "hard_sigmoid", alpha=-0.2, beta=0.4),
    case("hard_activations", "hard_swish"),
    case("hard_activations", "clip"),
    case("hard_activations", "clip", low=-0.75, high=np.float64(0.6)),
]
elementwise = pytest.mark.parametrize(("forward", "backward"), ELEMENTWISE)
every = pytest.mark.parametrize(
    ("forward", "backward"), [*ELEMENTWISE, case("log_softmax", "log_softmax")]
)
FAMILIES = ["erf", "exponential_units", "gelu", "hard_activations", "log_softmax", "rectifiers"]
PUBLIC = [
    (load(module), name)
    for module in [*FAMILIES, "smooth_activations"]
    for name in load(module).__all__
    if name.endswith("_backward")
]


@every
def test_gradients(rng, forward, backward):
    check_gradients(forward, backward, [rng.standard_normal((2, 5, 3))])
    check_gradients(forward, backward, [[-30.0, 30.0, 2.9, -2.9, 1e-3, -1e-3]])


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_a_backward_takes_what_its_forward_took(module, name):
    forward = inspect.signature(getattr(module, name.removesuffix("_backward"))).parameters
    backward = inspect.signature(getattr(module, name)).parameters
    assert list(backward) == ["grad_y", *forward]
    assert [p.default for p in backward.values()][1:] == [p.default for p in forward.values()]


@elementwise
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_the_extremes_neither_overflow_nor_warn(forward, backward, dtype):
    largest = np.finfo(dtype).max
    x = np.array([-inf, -largest, -1e4, 1e4, largest, inf], dtype)
    y = forward(x)
    far = forward(np.array([-1e4, 1e4]))
    for end, near, value in ((0, 2, far[0]), (5, 3, far[1])):
        wanted = value if abs(value) < 10 else np.copysign(inf, value)
        assert_allclose(y[end], wanted, rtol=1e-3)
        assert_allclose(y[near], value, rtol=1e-3)
    assert np.isfinite(y[1]) == np.isfinite(y[0]) or abs(y[1]) >= 100
    slopes = backward(np.ones(6, dtype), x)
    assert_allclose(slopes[[0, 1]], slopes[2], rtol=1e-3, atol=2e-8)
    assert_allclose(slopes[[4, 5]], slopes[3], rtol=1e-3, atol=2e-8)
    assert np.isfinite(slopes).all()


@every
def test_what_is_not_finite_comes_in_as_gradient_without_a_warning(forward, backward):
    largest = np.finfo("f8").max
    grad_x = backward([inf, -inf, nan, largest, inf], [0.5, 0.5, 0.5, 0.5, -1000.0])
    assert np.isnan(grad_x[2]) or grad_x[2] == 0


@every
def test_nan_passes(forward, backward):
    y = forward([[nan], [1.0]])
    assert np.isnan(y[0])
    assert np.isfinite(y[1])


@every
@pytest.mark.parametrize(
    ("dtype", "result", "tolerance"),
    [("f2", "f2", 2e-3), ("f4", "f4", 2e-6), ("f8", "f8", 0), ("i2", "f8", 0), ("?", "f8", 0)],
)
def test_dtypes(forward, backward, dtype, result, tolerance):
    x = np.array([[0, 1, 2], [3, 1, 0]]).astype(dtype)
    if dtype[0] == "f":
        x = x - x.dtype.type(1.25)  # not at a kink
    exact = x.astype("f8")
    y, grad_x = forward(x), backward(x, x)
    assert (y.dtype, grad_x.dtype) == (np.dtype(result), np.dtype(result))
    assert_allclose(y, forward(exact), rtol=tolerance, atol=tolerance)
    assert_allclose(grad_x, backward(exact, exact), rtol=tolerance, atol=tolerance)


@every
def test_float16_is_computed_in_float32(rng, forward, backward):
    x, grad_y = rng.standard_normal((2, 400)).astype("f2")
    assert_array_equal(forward(x), forward(x.astype("f4")).astype("f2"))
    wanted = backward(grad_y.astype("f4"), x.astype("f4")).astype("f2")
    assert_array_equal(backward(grad_y, x), wanted)


@every
def test_mixed_dtypes(forward, backward):
    for left, right in (("f2", "f4"), ("f4", "f8"), ("i4", "f4"), ("i4", "?")):
        found = backward(np.ones(3, left), np.ones(3, right)).dtype
        wanted = np.result_type(left, right)
        assert found == (wanted if wanted.kind == "f" else np.float64)


@every
def test_strange_memory_gives_the_same_and_is_not_written_to(rng, forward, backward):
    x, grad_y = rng.standard_normal((2, 4, 3, 5))
    for change in (np.asfortranarray, lambda a: np.repeat(a, 2, 1)[:, ::2], lambda a: a[::-1]):
        strange, strange_grad = change(x), change(grad_y)
        strange.flags.writeable = strange_grad.flags.writeable = False
        assert_allclose(forward(strange), change(forward(x)), rtol=1e-14, atol=1e-15)
        wanted = change(backward(grad_y, x))
        assert_allclose(backward(strange_grad, strange), wanted, rtol=1e-13, atol=1e-15)


@every
def test_the_result_is_memory_of_its_own(forward, backward):
    x = np.array([1.5, 2.0])
    grad_y = np.array([3.0, 4.0])
    forward(x)[:] = 9
    backward(grad_y, x)[:] = 9
    assert_array_equal(x, [1.5, 2])
    assert_array_equal(grad_y, [3, 4])


@elementwise
@pytest.mark.parametrize("shape", [(), (0,), (0, 4, 3), (2, 3, 1, 4, 2, 1)])
def test_any_shape(forward, backward, shape):
    x = np.full(shape, 0.5)
    assert forward(x).shape == shape
    assert backward(x, x).shape == shape


@pytest.mark.parametrize(("module", "backward"), PUBLIC)
def test_errors(module, backward):
    name = backward.removesuffix("_backward")
    forward, backward = getattr(module, name), getattr(module, backward)
    weight = {"weight": [0.5]} if name == "prelu" else {}
    with pytest.raises(ValueError, match=rf"{name}_backward: `grad_y` has the wrong shape"):
        backward([1.0, 2.0], [1.0], **weight)
    with pytest.raises(ValueError, match=rf"{name}_backward: `grad_y` has the wrong shape"):
        backward(1.0, [1.0], **weight)  # nothing is broadcast
    with pytest.raises(TypeError, match=rf"{name}: `x` does not hold real numbers"):
        forward([1j], **weight)
    with pytest.raises(TypeError, match=rf"{name}_backward: `grad_y` does not hold real numbers"):
        backward(["a"], [1.0], **weight)


OPTIONS = [
    ("rectifiers", "leaky_relu", "slope"),
    ("rectifiers", "thresholded_relu", "alpha"),
    ("exponential_units", "elu", "alpha"),
    ("exponential_units", "selu", "alpha"),
    ("exponential_units", "selu", "gamma"),
    ("exponential_units", "celu", "alpha"),
    ("hard_activations", "hard_sigmoid", "alpha"),
    ("hard_activations", "hard_sigmoid", "beta"),
    ("hard_activations", "clip", "low"),
    ("hard_activations", "clip", "high"),
]


@pytest.mark.parametrize(("module", "name", "option"), OPTIONS)
def test_options_that_are_no_number(module, name, option):
    forward, backward = getattr(load(module), name), getattr(load(module), f"{name}_backward")
    for value in ("0.1", None, True, [0.1], 1j):
        with pytest.raises(TypeError, match=rf"{name}: `{option}` is not a number"):
            forward([1.0], **{option: value})
    for value in (nan, 10**400):
        with pytest.raises(ValueError, match=rf"{name}: `{option}` is out of range"):
            forward([1.0], **{option: value})
        with pytest.raises(ValueError, match=rf"{name}_backward: `{option}` is out of range"):
            backward([1.0], [1.0], **{option: value})
    with pytest.raises(ValueError, match=r"a finite number(.*) in float32"):
        forward(np.ones(1, "f4"), **{option: 1e39})
    assert forward([1.0], **{option: 1e39}).dtype == np.float64
