"""Rivals in turn, warm, and the median; against a clock of our own."""

import pytest

from stridewise.benchmark import timing


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still unless a call moves it."""

    class Clock:
        now = 0.0
        log = ""

        def call(self, name, *seconds):
            """A call that takes these times, one after the other, the last one for ever."""
            left = list(seconds)

            def run():
                self.log += name
                self.now += left.pop(0) if len(left) > 1 else left[0]

            return run

    found = Clock()
    monkeypatch.setattr(timing.time, "perf_counter", lambda: found.now)
    return found


def test_medians_take_turns(clock):
    # Twice to warm up; then in each round once unmeasured, once measured.
    a = clock.call("a", 9, 1, 9, 3, 9, 5, 9, 4)
    b = clock.call("b", 9, 1, 9, 7, 9, 8, 9, 6)
    assert timing.medians([a, b], rounds=3, least_seconds=1) == [4, 7]
    assert clock.log == "aabb" + 3 * "aabb"


def test_short_calls_are_repeated(clock):
    assert timing.medians([clock.call("a", 0.25)], rounds=2, least_seconds=1) == [0.25]
    # Before they are measured, they run until the threads of others have gone to sleep.
    assert clock.log == "aa" + 2 * ("a" + "aaaa")


def test_calls_run_unmeasured_for_a_while(clock):
    assert timing.medians([clock.call("a", 0.03)], rounds=1, least_seconds=0.03) == [
        pytest.approx(0.03)
    ]
    assert clock.log == "aa" + "aaaa" + "a"


def test_fastest_looks_at_the_best_trial(clock):
    slow_once, steady = clock.call("a", 9, 5, 1, 5), clock.call("b", 2)
    assert timing.fastest([slow_once, steady]) == 0
    assert timing.fastest([clock.call("c", 3), clock.call("d", 0, 4), clock.call("e", 2)]) == 2
