import itertools
import math

import numpy as np
import pytest

from stridewise.errors import OptionError
from stridewise.training import SCHEDULES, constant, cosine, make_schedule, step_decay


@pytest.mark.parametrize("step", [0, 50, 99, 100, 10_000])
def test_constant_is_constant(step):
    assert constant(0.3, total_steps=100)(step) == 0.3


@pytest.mark.parametrize(
    ("step", "share"), [(0, 1), (49, 1), (50, 0.1), (74, 0.1), (75, 0.01), (99, 0.01)]
)
def test_step_falls_after_a_half_and_three_quarters(step, share):
    assert step_decay(0.5, total_steps=100)(step) == pytest.approx(0.5 * share, rel=1e-12)


def test_step_with_a_factor_and_an_odd_number_of_steps():
    schedule = step_decay(8.0, total_steps=5, factor=0.5)
    assert [schedule(step) for step in range(5)] == [8, 8, 8, 4, 2]


def test_cosine_rises_linearly_first():
    schedule = cosine(2.0, total_steps=100, warmup=0.1)
    rising = [schedule(step) for step in range(10)]
    np.testing.assert_allclose(rising, 0.2 * np.arange(1, 11), rtol=1e-12)


@pytest.mark.parametrize("through", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_cosine_falls_along_half_a_cosine(through):
    """Equation 5 of arXiv:1608.03983, from the end of the warm-up at step 20 of 100."""
    schedule = cosine(2.0, total_steps=100, warmup=0.2)
    wanted = 0.5 * 2.0 * (1 + math.cos(math.pi * through))
    assert schedule(20 + round(80 * through)) == pytest.approx(wanted, abs=1e-12)


def test_cosine_has_its_highest_rate_after_the_warmup_and_never_falls_below_zero():
    schedule = cosine(1.0, total_steps=200)
    rates = [schedule(step) for step in range(250)]
    assert rates.index(max(rates)) == 9  # 5 % of the steps are 10
    assert max(rates) == 1.0
    assert all(a >= b for a, b in itertools.pairwise(rates[9:]))
    assert 0 < rates[199] < 1e-3
    assert rates[200:] == [0.0] * 50


@pytest.mark.parametrize("total", [1, 2, 3])
@pytest.mark.parametrize("name", SCHEDULES)
def test_the_shortest_trainings_have_rates_above_zero(name, total):
    schedule = make_schedule(name, 0.5, total)
    assert schedule(0) == 0.5
    assert all(0 < schedule(step) <= 0.5 for step in range(total))


@pytest.mark.parametrize("name", SCHEDULES)
def test_made_by_name(name):
    made, direct = make_schedule(name, 0.7, 40), SCHEDULES[name](0.7, 40)
    assert [made(step) for step in range(40)] == [direct(step) for step in range(40)]


@pytest.mark.parametrize(
    ("name", "suggested"),
    [("cos", "'cosine'"), ("constnat", "'constant'"), ("?", "'constant' or 'cosine' or 'step'")],
)
def test_unknown_name_suggests_the_nearest(name, suggested):
    with pytest.raises(OptionError, match=rf"(?s)none of that name.*try:      {suggested}$"):
        make_schedule(name, 0.1, 10)


@pytest.mark.parametrize("rate", [0, 0.0, -0.1, -1, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", SCHEDULES)
def test_rate_is_positive_and_finite(name, rate):
    with pytest.raises(OptionError, match=r"(?s)learning rate is not positive.*received: rate="):
        make_schedule(name, rate, 10)
    with pytest.raises(OptionError, match="learning rate is not positive"):
        SCHEDULES[name](rate, 10)
