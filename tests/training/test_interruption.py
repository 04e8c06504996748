"""A real Ctrl-C: the first one asks, the second one cuts off."""

import signal
import threading

import pytest

from stridewise.training.interruption import stop_on_interrupt


@pytest.fixture(autouse=True)
def handler():
    """A handler of our own, so that a signal which is let through is noticed."""
    came = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    yield came
    signal.signal(signal.SIGINT, before)


def test_nobody_asked():
    with stop_on_interrupt() as should_stop:
        assert should_stop() is False


def test_the_first_asks(handler):
    with stop_on_interrupt() as should_stop:
        signal.raise_signal(signal.SIGINT)
        assert should_stop() is True
        assert should_stop() is True
    assert handler == []


def test_the_second_cuts_off():
    with stop_on_interrupt() as should_stop:
        signal.raise_signal(signal.SIGINT)
        assert should_stop() is True
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_first_is_announced_and_no_other():
    announced = []
    with stop_on_interrupt(lambda: announced.append(True)) as should_stop:
        assert announced == []
        signal.raise_signal(signal.SIGINT)
        assert should_stop() is True
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert announced == [True]


def works_as_before(handler):
    """Whether a Ctrl-C reaches the handler from before; a KeyboardInterrupt would end pytest."""
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        return False
    return handler == [True]


def test_the_handler_comes_back(handler):
    with stop_on_interrupt():
        signal.raise_signal(signal.SIGINT)
    assert works_as_before(handler)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_the_handler_comes_back_after_an_error(handler, error):
    with pytest.raises(error), stop_on_interrupt():
        raise error
    assert works_as_before(handler)


def test_one_inside_another(handler):
    with stop_on_interrupt() as outer:
        with stop_on_interrupt() as inner:
            signal.raise_signal(signal.SIGINT)
        assert (outer(), inner()) == (False, True)
        signal.raise_signal(signal.SIGINT)
        assert outer() is True
    assert works_as_before(handler)


def test_a_second_time_begins_anew():
    for _ in range(2):
        with stop_on_interrupt() as should_stop:
            assert should_stop() is False
            signal.raise_signal(signal.SIGINT)
            assert should_stop() is True


def test_in_a_thread_it_does_nothing_and_breaks_nothing(handler):
    answers = []

    def work():
        with stop_on_interrupt() as should_stop:
            signal.raise_signal(signal.SIGINT)
            answers.append(should_stop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=10)
    assert answers == [False]
    assert handler == [True]
