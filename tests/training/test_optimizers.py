"""Each optimizer against the paper's formula, written out over the whole past."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.errors import OptionError
from stridewise.training import OPTIMIZERS, SGD, Adam, AdamW, make_optimizer

STEPS = 7
RATES = [0.1, 0.05, 0.2, 0.1, 0.02, 0.1, 0.3]
CURVATURE, CENTRE = (0.5, 1.5, 3.0), (1.0, -2.0, 0.25)


def gradient(w):
    """Of a quadratic bowl, so that every gradient depends on all steps before."""
    return [a * (x - c) for a, x, c in zip(CURVATURE, w, CENTRE, strict=True)]


def path_of(optimizer, shape, dtype=np.float64, rates=RATES):
    """Where an optimizer goes in that bowl: a list of points, the first one the start."""
    w = {"w": np.array([2.0, 0.5, -1.0], dtype).reshape(shape)}
    points = [w["w"].ravel().tolist()]
    for rate in rates:
        g = np.array(gradient(w["w"].ravel()), dtype).reshape(shape)
        optimizer.step(w, {"w": g}, rate)
        points.append(w["w"].ravel().tolist())
    return points


def expected_path(update, decay=0.0, decoupled=False, rates=RATES):
    """The same path by ``update(gradients so far, t)``, a number to take off for each rate."""
    w, past, points = [2.0, 0.5, -1.0], [[], [], []], [[2.0, 0.5, -1.0]]
    for t, rate in enumerate(rates, start=1):
        for k, g in enumerate(gradient(w)):
            past[k].append(g if decoupled else g + decay * w[k])
            shrunk = w[k] * (1 - rate * decay) if decoupled else w[k]
            w[k] = shrunk - rate * update(past[k], t)
        points.append(list(w))
    return points


def momentum_update(momentum):
    """The sum of all gradients, each forgotten by one factor a step."""
    return lambda past, t: sum(momentum ** (t - i) * g for i, g in enumerate(past, start=1))


def adam_update(beta1, beta2, epsilon):
    """Algorithm 1 of arXiv:1412.6980; the moments as the sums of its section 3, equation 1."""

    def update(past, t):
        m = (1 - beta1) * sum(beta1 ** (t - i) * g for i, g in enumerate(past, start=1))
        v = (1 - beta2) * sum(beta2 ** (t - i) * g * g for i, g in enumerate(past, start=1))
        return (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + epsilon)

    return update


# A weight has two axes or more; what has one axis does not decay.
WEIGHT, BIAS = (1, 3), (3,)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize(("shape", "decay"), [(WEIGHT, 0.0), (WEIGHT, 0.3), (BIAS, 0.3)])
def test_sgd_with_momentum(momentum, shape, decay):
    taken = path_of(SGD(momentum=momentum, weight_decay=decay), shape)
    felt = decay if shape == WEIGHT else 0.0
    assert_allclose(taken, expected_path(momentum_update(momentum), felt), rtol=1e-12)


@pytest.mark.parametrize("momentum", [0.3, 0.9])
def test_nesterov_is_the_papers_look_ahead(momentum):
    """Sutskever's equations 3 and 4; the network sits where they look, at theta + momentum·v."""
    rate = 0.1
    theta, v, looks = [2.0, 0.5, -1.0], [0.0] * 3, [[2.0, 0.5, -1.0]]
    for _ in range(STEPS):
        ahead = [x + momentum * y for x, y in zip(theta, v, strict=True)]
        v = [momentum * y - rate * g for y, g in zip(v, gradient(ahead), strict=True)]
        theta = [x + y for x, y in zip(theta, v, strict=True)]
        looks.append([x + momentum * y for x, y in zip(theta, v, strict=True)])
    optimizer = SGD(momentum=momentum, nesterov=True)
    assert_allclose(path_of(optimizer, BIAS, rates=[rate] * STEPS), looks, rtol=1e-12)


@pytest.mark.parametrize(
    ("beta1", "beta2", "epsilon"), [(0.9, 0.999, 1e-8), (0.5, 0.7, 0.1), (0.0, 0.0, 1e-3)]
)
@pytest.mark.parametrize(("shape", "decay"), [(WEIGHT, 0.0), (WEIGHT, 0.3), (BIAS, 0.3)])
def test_adam(beta1, beta2, epsilon, shape, decay):
    taken = path_of(Adam(beta1, beta2, epsilon, weight_decay=decay), shape)
    felt = decay if shape == WEIGHT else 0.0
    assert_allclose(taken, expected_path(adam_update(beta1, beta2, epsilon), felt), rtol=1e-10)


@pytest.mark.parametrize(("shape", "felt"), [(WEIGHT, 0.3), (BIAS, 0.0)])
def test_adamw_decays_beside_the_gradient(shape, felt):
    taken = path_of(AdamW(weight_decay=0.3), shape)
    wanted = expected_path(adam_update(0.9, 0.999, 1e-8), felt, decoupled=True)
    assert_allclose(taken, wanted, rtol=1e-10)


def test_decoupling_makes_a_difference():
    coupled, decoupled = (path_of(kind(weight_decay=0.3), WEIGHT) for kind in (Adam, AdamW))
    assert np.abs(np.subtract(coupled[1:], decoupled[1:])).min() > 1e-4


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_adams_first_step_has_the_length_of_the_rate(scale):
    """Without the correction of the bias it would be 0.1 / sqrt(0.001), about three times that."""
    w = {"w": np.array([1.0, 1.0])}
    Adam(epsilon=0.0).step(w, {"w": np.array([scale, -scale])}, rate=0.25)
    assert_allclose(w["w"], [0.75, 1.25], rtol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_in_place_and_in_the_same_dtype(name, dtype):
    w = {"w": np.ones((3, 2), dtype), "untouched": np.ones(2, dtype)}
    before = dict(w)
    g = {"w": np.full((3, 2), 0.5, dtype)}
    optimizer = make_optimizer(name)
    for _ in range(3):
        optimizer.step(w, g, rate=0.1)
    assert w["w"] is before["w"]
    assert w["w"].dtype == dtype
    assert (w["w"] < 1).all()
    assert_array_equal(w["untouched"], [1, 1])
    assert_array_equal(g["w"], np.full((3, 2), 0.5))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_parameters_have_moments_of_their_own(name):
    def step_of(names):
        optimizer, w = make_optimizer(name), {key: np.array([1.0]) for key in names}
        for factor in (1.0, -2.0, 3.0):
            g = {key: np.array([factor * (1 + at)]) for at, key in enumerate(names)}
            optimizer.step(w, g, rate=0.1)
        return w["a"]

    assert_array_equal(step_of(["a"]), step_of(["a", "b"]))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_made_by_name_with_options(name):
    optimizer = make_optimizer(name, weight_decay=0.25)
    assert type(optimizer) is OPTIMIZERS[name]
    assert optimizer.weight_decay == 0.25


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("adm", "'adam'"),
        ("SGD", "'sgd'"),
        ("?", "'adam' or 'adamw' or 'sgd'"),
        ("adamww", "'adamw'"),
    ],
)
def test_unknown_name_suggests_the_nearest(name, suggested):
    with pytest.raises(OptionError, match=rf"(?s)received: .*.*try:      {suggested}"):
        make_optimizer(name)


@pytest.mark.parametrize(
    ("name", "option", "suggested"),
    [
        ("sgd", "momentun", "momentum"),
        ("adam", "bta1", "beta1"),
        ("adamw", "decay", "weight_decay"),
        ("sgd", "_velocity", "nesterov"),
    ],
)
def test_unknown_option_suggests_the_nearest(name, option, suggested):
    with pytest.raises(OptionError, match=rf"(?s)no option `{option}`.*try: .*{suggested}"):
        make_optimizer(name, **{option: 0.5})


@pytest.mark.parametrize(
    ("name", "option", "values"),
    [
        ("sgd", "momentum", (1, 1.5, -0.1, math.nan)),
        ("sgd", "weight_decay", (-1e-9, math.nan)),
        ("adam", "beta1", (1, -0.1, math.nan, math.inf)),
        ("adam", "beta2", (1.0, -1, math.nan)),
        ("adam", "epsilon", (-1e-8, math.nan)),
        ("adamw", "weight_decay", (-0.01, math.nan)),
    ],
)
def test_options_out_of_range(name, option, values):
    for value in values:
        with pytest.raises(OptionError, match=rf"(?s)`{option}` is out of range.*{option}="):
            make_optimizer(name, **{option: value})
