"""What all normalisations share: dtypes, memory, corners, errors."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.batch_norm import batch_norm, batch_norm_backward
from stridewise.blocks.group_norm import group_norm, group_norm_backward
from stridewise.blocks.instance_norm import instance_norm, instance_norm_backward
from stridewise.blocks.layer_norm import layer_norm, layer_norm_backward
from stridewise.blocks.rms_norm import rms_norm, rms_norm_backward

NORMS = {
    "layer_norm": (layer_norm, layer_norm_backward, {}),
    "group_norm": (group_norm, group_norm_backward, {"groups": 2}),
    "instance_norm": (instance_norm, instance_norm_backward, {}),
    "rms_norm": (rms_norm, rms_norm_backward, {}),
}
C = 4


def case(name):
    forward, backward, options = NORMS[name]

    def both(grad_y, x, weight, bias, **more):
        arrays = (x, weight) if name == "rms_norm" else (x, weight, bias)
        return [
            forward(*arrays, **options, **more),
            *backward(grad_y, x, weight, **options, **more),
        ]

    return pytest.param(both, id=name)


every = pytest.mark.parametrize("both", [case(name) for name in NORMS])


def arrays(rng, shape=(3, 5, 2, C), dtype="f8"):
    x, grad_y = rng.standard_normal((2, *shape))
    weight, bias = rng.standard_normal((2, C))
    return [a.astype(dtype) for a in (grad_y, x, weight, bias)]


@every
@pytest.mark.parametrize(
    ("x", "weight", "result"),
    [
        ("f2", "f2", "f2"),
        ("f4", "f4", "f4"),
        ("f4", "f8", "f8"),
        ("i4", "?", "f8"),
        ("f2", "f4", "f4"),
    ],
)
def test_dtypes(both, x, weight, result):
    x = (np.arange(40).reshape(2, 5, C) % 7).astype(x)
    weight = np.array([1, 0, 1, 1], weight)
    got = both(x, x, weight, weight)
    exact = both(*(a.astype("f8") for a in (x, x, weight, weight)))
    tolerance = 6e-3 if result == "f2" else 2e-5
    for array, wanted in zip(got, exact, strict=True):
        assert array.dtype == result
        assert_allclose(array, wanted, rtol=tolerance, atol=tolerance)


@every
def test_strange_memory_gives_the_same_and_is_not_written_to(rng, both):
    plain = arrays(rng)
    strange = [np.asfortranarray(np.repeat(a, 2, axis=-1))[..., ::2] for a in plain]
    for array in strange:
        array.flags.writeable = False
    for got, wanted in zip(both(*strange), both(*plain), strict=True):
        assert_allclose(got, wanted, rtol=1e-12, atol=1e-13)


@every
def test_an_empty_batch(both):
    y, grad_x, *parameters = both(np.zeros((0, 3, C)), np.zeros((0, 3, C)), np.ones(C), np.ones(C))
    assert y.shape == grad_x.shape == (0, 3, C)
    for grad in parameters:
        assert_array_equal(grad, np.zeros(C))


@every
def test_each_example_is_alone(rng, both):
    grad_y, x, weight, bias = arrays(rng)
    y, grad_x, *parameters = both(grad_y, x, weight, bias)
    sums = [0.0] * len(parameters)
    for n in range(3):
        one = both(grad_y[n : n + 1], x[n : n + 1], weight, bias)
        assert_allclose(one[0][0], y[n], rtol=1e-12, atol=1e-14)
        assert_allclose(one[1][0], grad_x[n], rtol=1e-12, atol=1e-14)
        sums = [s + g for s, g in zip(sums, one[2:], strict=True)]
    for got, wanted in zip(sums, parameters, strict=True):
        assert_allclose(got, wanted, rtol=1e-12, atol=1e-14)


@every
def test_a_large_mean_does_not_spoil_float32(rng, both):
    grad_y, x, weight, bias = arrays(rng, (2, 8, 16, C), "f4")
    x += np.float32(1e4)
    got = both(grad_y, x, weight, bias)
    exact = both(*(a.astype("f8") for a in (grad_y, x, weight, bias)))
    for array, wanted in zip(got, exact, strict=True):
        assert array.dtype == np.float32
        assert_allclose(array, wanted, rtol=3e-6, atol=1e-5)


def test_a_large_mean_does_not_spoil_batch_normalisation_either(rng):
    grad_y, x, weight, bias = arrays(rng, (2, 8, 16, C), "f4")
    x += np.float32(1e4)
    exact = [a.astype("f8") for a in (grad_y, x, weight, bias)]
    assert_allclose(batch_norm(x, weight, bias), batch_norm(*exact[1:]), rtol=3e-6, atol=1e-5)
    for got, wanted in zip(
        batch_norm_backward(grad_y, x, weight), batch_norm_backward(*exact[:3]), strict=True
    ):
        assert got.dtype == np.float32
        assert_allclose(got, wanted, rtol=3e-6, atol=2e-5)


def test_a_constant_channel_of_a_batch_with_no_epsilon_does_not_warn():
    x, one = np.ones((3, 1)), np.ones(1)
    assert np.isnan(batch_norm(x, one, one, epsilon=0.0)).all()
    assert np.isnan(batch_norm_backward(x, x, one, epsilon=0.0).x).all()


@every
@pytest.mark.parametrize(
    ("dtype", "size"), [("f2", 6e4), ("f4", 1e30), ("f8", 1e150), ("f4", 1e-30)]
)
def test_large_and_small_numbers(both, dtype, size):
    x = np.array([-size, size] * 4, dtype).reshape(1, 2, C)
    one = np.ones(C, dtype)
    x[:, 1] *= -1  # over space as over the channels, the mean is 0
    y, grad_x, *_ = both(np.ones_like(x), x, one, 0 * one)
    wanted = np.sign(x) * (size / np.sqrt(size**2 + 1e-5))
    assert_allclose(y, wanted, rtol=1e-3)
    assert np.isfinite(grad_x).all()


@every
def test_nan_and_infinity_stay_in_their_example(rng, both):
    for value in (np.nan, np.inf):
        grad_y, x, weight, bias = arrays(rng)
        x[1] = value
        y, grad_x, *_ = both(grad_y, x, weight, bias)
        assert np.isnan(y[1]).all()
        assert np.isnan(grad_x[1]).all()
        assert np.isfinite(y[[0, 2]]).all()
        assert np.isfinite(grad_x[[0, 2]]).all()


@every
def test_a_constant_part_with_no_epsilon_is_not_a_number(both):
    x = np.zeros((1, 2, C))
    for array in both(x, x, np.ones(C), np.ones(C), epsilon=0.0)[:2]:
        assert np.isnan(array).all()
    y, grad_x, *_ = both(x, x, np.ones(C), 0 * x[0, 0])
    assert_array_equal(y, x)
    assert_array_equal(grad_x, x)


@every
def test_the_default_epsilon(rng, both):
    grad_y, x, weight, bias = arrays(rng)
    for got, wanted in zip(
        both(grad_y, x, weight, bias), both(grad_y, x, weight, bias, epsilon=1e-5), strict=True
    ):
        assert_array_equal(got, wanted)


@pytest.mark.parametrize("name", NORMS)
def test_errors(name):
    forward, backward, options = NORMS[name]
    x, ones = np.ones((2, 3, C)), np.ones(C)
    biases = [] if name == "rms_norm" else [ones]
    for call, rest, operation in (
        (forward, biases, name),
        (lambda x, weight, **o: backward(x, x, weight, **o), [], f"{name}_backward"),
    ):
        with pytest.raises(ValueError, match=rf"{operation}: `epsilon` is out of range"):
            call(x, ones, *rest, **options, epsilon=-1e-9)
        with pytest.raises(TypeError, match=rf"{operation}: `epsilon` is not a number"):
            call(x, ones, *rest, **options, epsilon="0")
        for weight in (np.ones(3), np.ones((1, C)), 1.0):
            with pytest.raises(ValueError, match=rf"{operation}: `weight` has the wrong shape"):
                call(x, weight, *rest, **options)
        with pytest.raises(ValueError, match=rf"{operation}: there is nothing to average"):
            call(x[..., :0], ones[:0], *[a[:0] for a in rest], **options)
    if biases:
        with pytest.raises(ValueError, match=rf"{name}: `bias` has the wrong shape"):
            forward(x, ones, np.ones(3), **options)
    with pytest.raises(ValueError, match=rf"{name}_backward: `grad_y` has the wrong shape"):
        backward(x[:1], x, ones, **options)


@pytest.mark.parametrize("name", NORMS)
def test_none_is_no_scale_and_no_shift(name):
    forward, backward, options = NORMS[name]
    x, biases = np.ones((2, 3, C)), [] if name == "rms_norm" else [None]
    missing = "weight=None, bias=None" if biases else "weight=None"
    with pytest.raises(
        TypeError, match=rf"(?s)^{name}: `weight` is None.*{missing}.*=np.ones\(C\)"
    ):
        forward(x, None, *biases, **options)
    with pytest.raises(TypeError, match=rf"(?s)^{name}_backward: `weight` is None.*=np.ones\(C\)"):
        backward(x, x, None, **options)
    if biases:
        with pytest.raises(TypeError, match=r"(?s)`bias` is None.*np.zeros\(C\).* for no bias"):
            forward(x, np.ones(C), None, **options)
