"""Memory of results: whose it is, when it comes back, and how much of it is kept."""

import copy
import gc
import pickle
import threading

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import stridewise as sw
from stridewise.engines.compiled.running import outputs
from stridewise.engines.compiled.running.outputs import empty

FLOAT32 = np.dtype(np.float32)
KIB, MIB = 2**10, 2**20


def alone(work):
    """Run in a new thread, and give what it gives."""
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def of_bytes(size):
    return empty((size // 4,), FLOAT32)


def address(array):
    return array.__array_interface__["data"][0]


@pytest.mark.parametrize("size", [4, 33 * KIB, 127 * KIB, 128 * KIB, 5 * MIB + 4])
def test_an_array_like_any_other(size):
    array = of_bytes(size)
    assert (array.shape, array.dtype, array.nbytes) == ((size // 4,), FLOAT32, size)
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert type(array) is np.ndarray
    assert size < 32 * KIB or address(array) % 64 == 0
    array[:] = 3
    for other in (copy.deepcopy(array), pickle.loads(pickle.dumps(array)), array.copy()):
        assert_array_equal(other, array)
        assert not np.shares_memory(other, array)


def test_the_next_result_has_the_memory_of_the_one_that_died():
    def work():
        first = of_bytes(MIB)
        was = address(first)
        second = of_bytes(MIB)
        apart = not np.shares_memory(first, second)
        del first
        third, other = of_bytes(MIB), of_bytes(MIB)
        return apart, address(third) == was, address(other) != was

    assert alone(work) == (True, True, True)


def test_memory_is_not_given_away_while_a_view_of_it_lives():
    def work():
        array = of_bytes(MIB)
        view = array.reshape(2, -1)[1, 5:].view(np.int32)
        view[:] = 7
        del array
        others = [of_bytes(MIB) for _ in range(3)]
        apart = not any(np.shares_memory(view, other) for other in others)
        for other in others:
            other[:] = 1
        return apart and (view == 7).all()

    assert alone(work)


def test_what_is_kept_has_a_bound():
    def work():
        sizes = []
        for number in range(1, 60):
            del_me = of_bytes(number * MIB)
            del del_me
            sizes.append(outputs._kept.bytes)
        held = sum(space.nbytes for spaces in outputs._kept.spaces.values() for space in spaces)
        newest = of_bytes(59 * MIB)
        return max(sizes), held, newest.nbytes, outputs._kept.bytes

    most, held, _, without_newest = alone(work)
    assert held <= most <= 128 * MIB
    assert without_newest <= held - 59 * MIB  # the newest was there


def test_a_larger_one_than_all_that_may_be_kept_goes_back_to_the_system():
    def work():
        array = of_bytes(129 * MIB)
        del array
        return outputs._kept.bytes

    assert alone(work) == 0


def test_a_thread_that_ends_leaves_nothing():
    before = len(outputs._lent)
    array = alone(lambda: of_bytes(MIB))
    assert len(outputs._lent) == before + 1
    del array
    gc.collect()
    assert len(outputs._lent) == before


def test_results_in_many_threads_do_not_meet(rng):
    """Each thread makes, checks and drops results, some of which die in other threads."""
    wrong, shared = [], []
    weight = rng.standard_normal((1, 1, 4, 8)).astype(np.float32)

    def work(number):
        x = np.full((1, 80, 80, 4), number, np.float32)
        wanted = sw.conv2d(x, weight).copy()
        for _ in range(30):
            y = sw.conv2d(x, weight)
            shared.append(y)
            if len(shared) > 8:
                shared.pop(0)
            if not (y == wanted).all():
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
