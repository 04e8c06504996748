"""Threads of the engine and of the program: the same bits, nobody waits for ever."""

import itertools
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.engines import num_threads
from stridewise.engines.compiled import conv, convolution_plans
from stridewise.engines.compiled.planning import planner
from stridewise.engines.compiled.running import threads
from stridewise.engines.compiled.running.shares import cuts
from stridewise.engines.num_threads import get_num_threads, set_num_threads
from stridewise.errors import EngineError
from stridewise.specs import ConvSpec
from tests.engines.compiled.processes import ROOT, run_python
from tests.engines.compiled.seven_functions import (
    CHANNELWISE,
    CONVOLUTIONS,
    POOLINGS,
    all_calls,
    channelwise_calls,
    convolution_calls,
    pooling_calls,
)


def same(results, others):
    for one, other in zip(results, others, strict=True):
        assert_array_equal(one.view(np.uint8), other.view(np.uint8))


def with_threads(calls, number):
    set_num_threads(number)
    return [call() for call in calls.values()]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_bits_of_convolutions_do_not_depend_on_threads(name, dtype):
    calls = convolution_calls(name, dtype)
    alone = with_threads(calls, 1)
    for number in (2, 3, 5, 8):
        same(with_threads(calls, number), alone)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", POOLINGS)
def test_bits_of_poolings_do_not_depend_on_threads(name, dtype):
    calls = pooling_calls(name, dtype)
    alone = with_threads(calls, 1)
    for number in (2, 3, 5, 8):
        same(with_threads(calls, number), alone)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CHANNELWISE)
def test_bits_of_sums_and_normalisations_do_not_depend_on_threads(name, dtype):
    calls = channelwise_calls(name, dtype)
    alone = with_threads(calls, 1)
    for number in (2, 3, 5, 8):
        same(with_threads(calls, number), alone)


def test_bits_of_winograd_in_chunks_do_not_depend_on_threads(monkeypatch, forget_plans):
    """All three directions, in several chunks each."""
    monkeypatch.setattr(planner, "_INPUT_TILE", 0)
    monkeypatch.setattr(planner, "_OUTPUT_TILE", 0)
    monkeypatch.setattr(planner, "_A_PAIR", 0)
    plans = []
    for name in ("winograd_plan", "winograd_gradient_plan"):
        real = getattr(convolution_plans, name)

        def noted(*args, real=real, **options):
            plans.append(real(*args, **options))
            return plans[-1]

        monkeypatch.setattr(convolution_plans, name, noted)
    calls = convolution_calls("winograd")
    alone = with_threads(calls, 1)
    for number in (2, 3, 5, 8):
        same(with_threads(calls, number), alone)
    assert len(plans) >= 3
    assert {type(plan).__name__ for plan in plans} == {"WinogradPlan", "WinogradGradientPlan"}


def test_threads_of_the_program_call_at_once():
    """Each calls everything, in an order of its own, while the others do."""
    calls = all_calls()
    set_num_threads(2)
    wanted = {name: call() for name, call in calls.items()}
    failures = []

    def work(seed):
        for at in np.random.default_rng(seed).permutation(len(calls)):
            name = list(calls)[at]
            if not np.array_equal(calls[name](), wanted[name]):
                failures.append(name)

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(work, seed) for seed in range(6)]:
            done.result(timeout=60)
    assert failures == []


def test_the_same_call_from_many_threads():
    calls = convolution_calls("winograd")
    set_num_threads(3)
    wanted = [call() for call in calls.values()]
    with ThreadPoolExecutor(8) as pool:
        rounds = [pool.submit(lambda: [call() for call in calls.values()]) for _ in range(32)]
        for done in rounds:
            same(done.result(timeout=60), wanted)


def test_more_threads_than_cores():
    calls = convolution_calls("direct")
    alone = with_threads(calls, 1)
    for number in (4 * (os.cpu_count() or 1), 100, 256):
        same(with_threads(calls, number), alone)


def test_workers_that_slept_wake_up():
    calls = convolution_calls("direct")
    alone = with_threads(calls, 1)
    set_num_threads(4)
    for pause in (0, 0.001, 0.05, 0.0002, 0.1):
        time.sleep(pause)
        same([call() for call in calls.values()], alone)


def test_if_no_thread_can_be_started_the_caller_works_alone(monkeypatch):
    calls = convolution_calls("direct")
    alone = with_threads(calls, 1)
    threads._forget_workers()

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        same(with_threads(calls, 3), alone)
    same(with_threads(calls, 3), alone)
    threads._forget_workers()
    same(with_threads(calls, 3), alone)


@pytest.mark.parametrize("number", [0, -1, 257, 2.0, True, "2", "many", (1,)])
def test_what_is_no_number_of_threads(number):
    with pytest.raises(EngineError, match=r"(?s)set_num_threads: .*no number.*from 1 to 256"):
        set_num_threads(number)


def test_setting_the_number_of_threads():
    for number in (1, 7, np.int64(3), 256):
        set_num_threads(number)
        assert get_num_threads() == number
        assert type(get_num_threads()) is int
    set_num_threads(None)
    assert 1 <= get_num_threads() <= (os.cpu_count() or 1)


@pytest.fixture
def variable(monkeypatch):
    num_threads._one_a_core.cache_clear()
    yield lambda text: monkeypatch.setenv("STRIDEWISE_NUM_THREADS", text)
    monkeypatch.delenv("STRIDEWISE_NUM_THREADS", raising=False)
    num_threads._one_a_core.cache_clear()


def test_the_variable(variable):
    variable("5")
    assert get_num_threads() == 5
    set_num_threads(2)
    assert get_num_threads() == 2
    set_num_threads(None)
    assert get_num_threads() == 5


@pytest.mark.parametrize("text", ["0", "-2", "257", "two", "1.5", " 3 x"])
def test_a_wrong_variable_is_named(variable, text):
    variable(text)
    with pytest.raises(EngineError, match=r"(?s)STRIDEWISE_NUM_THREADS: .*from 1 to 256"):
        get_num_threads()


def test_an_empty_variable_is_none(variable):
    variable("")
    assert 1 <= get_num_threads() <= (os.cpu_count() or 1)


def large_calls():
    """A call that takes a while on one thread, and a short one."""
    rng = np.random.default_rng(0)
    spec = ConvSpec.of("conv", (96, 96), (5, 5), padding=2)
    x = rng.standard_normal((8, 96, 96, 64)).astype(np.float32)
    weight = rng.standard_normal((5, 5, 64, 96)).astype(np.float32)
    return lambda: conv(x, weight, None, spec), lambda: conv(x[:1], weight, None, spec)


def test_other_threads_run_during_a_call():
    long, short = large_calls()
    set_num_threads(1)
    short()
    times = []

    def work():
        times.append(time.perf_counter())
        long()
        times.append(time.perf_counter())

    thread = threading.Thread(target=work)
    thread.start()
    ticks = []
    while thread.is_alive():
        ticks.append(time.perf_counter())
        time.sleep(0.001)
    thread.join()
    begin, end = times
    margin = (end - begin) / 5
    assert len([tick for tick in ticks if begin + margin < tick < end - margin]) >= 10


def call_often(function):
    for _ in range(200):
        function()


@pytest.mark.parametrize("number", [1, 2])
def test_an_interrupt_comes_after_the_call_and_harms_nothing(number):
    long, short = large_calls()
    set_num_threads(number)
    wanted = short()

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            call_often(long)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert not threads._in_use.locked()
    same([short(), short()], [wanted, wanted])


FORK = """
import os, signal, threading, time, warnings
import numpy as np
from stridewise import set_num_threads
from stridewise.engines.compiled.code import compiler
from tests.engines.compiled.seven_functions import convolution_calls

warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks with threads
signal.alarm(60)  # whoever waits for ever is ended
"""

USED_THEN_FORKED = (
    FORK
    + """
set_num_threads(3)
calls = list(convolution_calls("direct").values())
wanted = [call() for call in calls]
for _ in range(3):
    child = os.fork()
    if child == 0:
        again = [call() for call in calls]
        os._exit(0 if all(map(np.array_equal, again, wanted)) else 1)
    assert all(map(np.array_equal, [call() for call in calls], wanted))
    assert os.waitpid(child, 0)[1] == 0
print("forked")
"""
)

FORKED_IN_THE_MIDDLE = (
    FORK
    + """
set_num_threads(2)
calls = list(convolution_calls("winograd").values())
wanted = [call() for call in calls]
stop = []

def work():
    while not stop:
        for call in calls:
            call()

thread = threading.Thread(target=work)
thread.start()
for number in range(12):
    time.sleep(0.003 * number)
    child = os.fork()
    if child == 0:
        again = [call() for call in calls]
        os._exit(0 if all(map(np.array_equal, again, wanted)) else 1)
    assert os.waitpid(child, 0)[1] == 0
stop.append(1)
thread.join()
print("forked")
"""
)

FORKED_WHILE_COMPILING = (
    FORK
    + """
set_num_threads(1)
compiling = threading.Event()
real = compiler._optimised

def slow(*given):
    compiling.set()
    time.sleep(0.5)
    return real(*given)

compiler._optimised = slow
thread = threading.Thread(target=convolution_calls("direct")["conv"])
thread.start()
compiling.wait()
child = os.fork()
if child == 0:
    signal.alarm(20)
    compiler._optimised = real
    y = convolution_calls("one by one")["conv"]()
    os._exit(0 if np.isfinite(y).all() else 1)
thread.join()
assert os.waitpid(child, 0)[1] == 0
print("forked")
"""
)

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@needs_fork
@pytest.mark.parametrize(
    "program",
    [USED_THEN_FORKED, FORKED_IN_THE_MIDDLE, FORKED_WHILE_COMPILING],
    ids=["when the workers were used", "while they work", "while it compiles"],
)
def test_a_fork(program, tmp_path):
    folder = {"STRIDEWISE_CACHE": str(tmp_path)} if "Event" in program else {}
    assert run_python("-c", program, **folder) == "forked\n"


POOL = """
import multiprocessing, sys, warnings
import numpy as np
from stridewise import set_num_threads
from tests.engines.compiled.seven_functions import convolution_calls

def work(name):
    set_num_threads(2)
    return [call() for call in convolution_calls(name).values()]

if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)
    names = ["direct", "winograd", "depthwise"]
    wanted = [work(name) for name in names]
    with multiprocessing.get_context(sys.argv[1]).Pool(3) as pool:
        found = pool.map_async(work, names).get(timeout=60)
    for some, others in zip(found, wanted):
        assert all(map(np.array_equal, some, others))
    print("agreed")
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_pool_of_processes(method, tmp_path):
    if method == "fork" and not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    script = tmp_path / "script.py"
    script.write_text(POOL)
    root = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    assert run_python(str(script), method, PYTHONPATH=root) == "agreed\n"


@pytest.mark.parametrize("parts", [1, 2, 3, 8])
@pytest.mark.parametrize(
    ("items", "costs"), [(40, (1,)), (7, (1,)), (60, (4, 4, 1)), (24, (3, 1)), (9, (5, 0, 5))]
)
def test_parts_cost_the_same(items, costs, parts):
    """As nearly as items allow: no part is further from its share than one item on each side."""
    cut = cuts(items, costs, parts)
    assert (cut[0], cut[-1], len(cut)) == (0, items, parts + 1)
    assert list(cut) == sorted(cut)
    of_items = np.repeat(costs, items // len(costs))
    if len(costs) == 1:
        of_items = np.ones(items)
    share = of_items.sum() / parts
    for first, last in itertools.pairwise(cut):
        assert abs(of_items[first:last].sum() - share) <= 2 * max(costs)
