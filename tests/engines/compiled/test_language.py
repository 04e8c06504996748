"""The small language: every operation is compiled and called on numbers."""

import math

import numpy as np
import pytest
from llvmlite import ir
from numpy.testing import assert_array_equal

from stridewise.engines.compiled.code.language import Module
from stridewise.engines.compiled.code.target import host, named
from stridewise.engines.compiled.tile.packing import transposed

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
LANES = 4


def truncated(x, y):
    """Division as processors do it, towards zero."""
    return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)


INTEGER_OPERATIONS = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "add to a number": lambda x, y: 100 + x,
    "subtract from a number": lambda x, y: 100 - x,
    "multiply a number": lambda x, y: -3 * x,
    "a number on the right": lambda x, y: (x + 5) * 7 - 2,
}


@pytest.mark.parametrize("name", INTEGER_OPERATIONS)
@pytest.mark.parametrize(("x", "y"), [(0, 1), (17, 5), (-17, 5), (2**62, -3), (-1, -1)])
def test_arithmetic_of_integers(run_body, name, x, y):
    operation = INTEGER_OPERATIONS[name]

    def body(k, ints, *_):
        (ints + 2).store(operation(ints[0], ints[1]))

    wanted = (operation(x, y) + 2**63) % 2**64 - 2**63  # 64 bits, and over the edge
    assert run_body(body, ints=[x, y, 0])[0][2] == wanted


@pytest.mark.parametrize(("x", "y"), [(0, 1), (17, 5), (40, 8), (2**62, 3), (-17, 5), (17, -5)])
def test_division_of_integers(run_body, x, y):
    def body(k, ints, *_):
        (ints + 2).store(ints[0] / ints[1])
        (ints + 3).store(ints[0] // ints[1])
        (ints + 4).store(ints[0] % ints[1])
        (ints + 5).store(ints[0] & ints[1])
        (ints + 6).store(ints[0] | ints[1])

    found = run_body(body, ints=[x, y, 0, 0, 0, 0, 0])[0]
    assert_array_equal(found[[2, 5, 6]], [truncated(x, y), x & y, x | y])
    if x >= 0 and y >= 0:  # what // and % are for
        assert_array_equal(found[3:5], [x // y, x % y])


@DTYPES
def test_arithmetic_of_reals(run_body, dtype):
    x, y = np.array([0.1, -3.7], dtype)

    def body(k, ints, a, b, *_):
        x, y = a[0], a[1]
        results = [x + y, x - y, x * y, x / y, 2.5 + x, 2.5 - x, 2.5 * x, x - 2.5, x / 4.0]
        for number, result in enumerate(results):
            (b + number).store(result)

    given = run_body(body, a=[x, y], b=np.zeros(9), dtype=dtype)[2]
    wanted = [x + y, x - y, x * y, x / y, 2.5 + x, 2.5 - x, 2.5 * x, x - 2.5, x / 4.0]
    assert_array_equal(given, np.array(wanted, dtype))


@DTYPES
def test_arithmetic_of_vectors_goes_lane_by_lane(run_body, rng, dtype):
    values = rng.standard_normal(2 * LANES).astype(dtype)

    def body(k, ints, a, b, *_):
        x, y = a.load(LANES), (a + LANES).load(LANES)
        for number, result in enumerate([x + y, x - y, x * y, x / y, x * 3.0, 1.0 - x]):
            (b + number * LANES).store(result)

    given = run_body(body, a=values, b=np.zeros(6 * LANES), dtype=dtype)[2].reshape(6, LANES)
    x, y = values[:LANES], values[LANES:]
    assert_array_equal(given, [x + y, x - y, x * y, x / y, x * 3, 1 - x])


def compare(x, y):
    return [x < y, x <= y, x > y, x >= y, x == y, x != y]


@pytest.mark.parametrize(("x", "y"), [(1, 2), (2, 2), (3, 2), (-1, 1), (-5, -6)])
def test_comparisons_of_integers(run_body, x, y):
    def body(k, ints, *_):
        for number, truth in enumerate(compare(ints[0], ints[1])):
            (ints + 2 + number).store(k.select(truth, 1, 0))

    assert_array_equal(run_body(body, ints=[x, y, *[0] * 6])[0][2:], compare(x, y))


@DTYPES
@pytest.mark.parametrize(
    ("x", "y"), [(1, 2), (2, 2), (-math.inf, 3), (0.0, -0.0), (math.nan, 1), (math.nan, math.nan)]
)
def test_comparisons_of_reals_are_false_for_nan(run_body, dtype, x, y):
    def body(k, ints, a, *_):
        for number, truth in enumerate(compare(a[0], a[1])):
            (ints + number).store(k.select(truth, 1, 0))

    wanted = [False] * 6 if math.isnan(x) else compare(x, y)  # even !=
    assert_array_equal(run_body(body, ints=[0] * 6, a=[x, y], dtype=dtype)[0], wanted)


def test_select_least_and_most(run_body):
    def body(k, ints, a, b, *_):
        x, y = ints[0], ints[1]
        results = [k.select(x < y, x, 7), k.select(x < y, 7, y), k.select(x < y, 1, 2)]
        results += [k.least(x, y), k.most(x, y), k.least(x, 0), k.most(x, 0)]
        for number, result in enumerate(results):
            (ints + 2 + number).store(result)

    for x, y in [(3, 5), (5, 3), (-2, -2), (-9, 4)]:
        wanted = [x if x < y else 7, 7 if x < y else y, 1 if x < y else 2]
        wanted += [min(x, y), max(x, y), min(x, 0), max(x, 0)]
        assert_array_equal(run_body(body, ints=[x, y, *[0] * 7])[0][2:], wanted)


@DTYPES
def test_select_goes_lane_by_lane(run_body, dtype):
    def body(k, ints, a, b, *_):
        x, y = a.load(LANES), (a + LANES).load(LANES)
        b.store(k.select(x > y, x, y))
        (b + LANES).store(k.select(x > y, x, -1.0))
        (b + 2 * LANES).store(k.select(k.is_nan(x), 0.0, x))

    x, y = np.array([1, 5, np.nan, -np.inf]), np.array([2, 4, 1, 1.0])
    given = run_body(body, a=[*x, *y], b=np.zeros(3 * LANES), dtype=dtype)[2].reshape(3, LANES)
    assert_array_equal(given, [[2, 5, 1, 1], [-1, 5, -1, -1], [1, 5, 0, -np.inf]])


@pytest.mark.parametrize(
    ("start", "stop", "step"),
    [(0, 5, 1), (2, 11, 3), (2, 2, 1), (5, 2, 1), (-3, 3, 2), (0, -1, 1), (7, 8, 100)],
)
def test_a_loop_is_a_range(run_body, start, stop, step):
    def body(k, ints, *_):
        count = k.variable(0)
        with k.loop(ints[0], ints[1], ints[2]) as i:
            (ints + 4 + count.get()).store(i)
            count.set(count.get() + 1)
        (ints + 3).store(count.get())

    found = run_body(body, ints=[start, stop, step, -1, *[0] * 10])[0]
    wanted = list(range(start, stop, step))
    assert found[3] == len(wanted)
    assert_array_equal(found[4 : 4 + len(wanted)], wanted)


def test_loops_in_loops_with_first_and_last(run_body):
    def body(k, ints, a, b, first, last):
        with k.loop(first, last) as i, k.loop(0, i) as j, k.when(i % 2 == 0):
            place = ints + i
            place.store(place[0] + j)

    wanted = [sum(range(i)) if 3 <= i < 9 and i % 2 == 0 else 0 for i in range(10)]
    assert_array_equal(run_body(body, ints=[0] * 10, first=3, last=9)[0], wanted)


@pytest.mark.parametrize("start", [1, 6, 27])
def test_while(run_body, start):
    """Halve or triple and add one, until it is one."""

    def body(k, ints, *_):
        number, steps = k.variable(ints[0]), k.variable(0)
        with k.repeat_while() as going_on:
            here = number.get()
            going_on(here != 1)
            with k.either(here % 2 == 0) as (even, odd):
                with even:
                    number.set(here // 2)
                with odd:
                    number.set(here * 3 + 1)
            steps.set(steps.get() + 1)
        (ints + 1).store(steps.get())

    assert run_body(body, ints=[start, -1])[0][1] == {1: 0, 6: 8, 27: 111}[start]


def test_variables_of_every_kind(run_body):
    def body(k, ints, a, b, *_):
        whole, part = k.variable(ints[0]), k.variable(a[0])
        vector, place = k.variable(a.load(LANES)), k.variable(b)
        with k.loop(0, 3):
            whole.set(whole.get() * 2)
            part.set(part.get() + 0.5)
            vector.set(vector.get() + vector.get())
            place.set(place.get() + 1)
        ints.store(whole.get())
        a.store(part.get())
        place.get().store(vector.get())

    ints, a, b = run_body(body, ints=[5], a=[1, 2, 3, 4], b=np.zeros(8))
    assert (ints[0], a[0]) == (40, 2.5)
    assert_array_equal(b, [0, 0, 0, 8, 16, 24, 32, 0])


@DTYPES
@pytest.mark.parametrize("count", [-3, 0, 1, 3, 4, 9])
def test_masks_leave_lanes_alone(run_body, dtype, count):
    def body(k, ints, a, b, *_):
        mask = k.lanes_below(ints[0], LANES)
        b.store(a.load(LANES, mask))
        (b + LANES).store(a.load(LANES), mask)

    a, left = np.arange(1.0, 5), min(max(count, 0), LANES)
    b = run_body(body, ints=[count], a=a, b=[-1.0] * 8, dtype=dtype)[2].reshape(2, LANES)
    assert_array_equal(b, [[*a[:left], *[0] * (4 - left)], [*a[:left], *[-1] * (4 - left)]])


@DTYPES
def test_shuffle_and_broadcast(run_body, dtype):
    def body(k, ints, a, b, *_):
        x, y = a.load(LANES), (a + LANES).load(LANES)
        b.store(k.shuffle(x, y, [7, 0, 5, 2]))
        (b + 4).store(k.shuffle(x, x, [3, 3]))
        (b + 6).store(k.broadcast(a[6], 8))
        (b + 14).store(k.reals(0.25, 2))
        (b + 16).store(k.real(-1.5))

    b = run_body(body, a=np.arange(8), b=np.zeros(17), dtype=dtype)[2]
    assert_array_equal(b, [7, 0, 5, 2, 3, 3, *[6] * 8, 0.25, 0.25, -1.5])


@pytest.mark.parametrize("lanes", [2, 4, 8, 16])
def test_transposed(run_body, rng, lanes):
    square = rng.standard_normal((lanes, lanes)).astype(np.float32)

    def body(k, ints, a, b, *_):
        rows = [(a + lanes * i).load(lanes) for i in range(lanes)]
        for i, row in enumerate(transposed(k, rows)):
            (b + lanes * i).store(row)

    b = run_body(body, a=square.ravel(), b=np.zeros(lanes**2))[2]
    assert_array_equal(b.reshape(lanes, lanes), square.T)


@DTYPES
@pytest.mark.parametrize("count", [0, 1, 7])
def test_copy_and_fill(run_body, dtype, count):
    def body(k, ints, a, b, *_):
        k.copy(b, a + 2, ints[0])
        k.fill(b + 10, ints[0])

    a = np.arange(1, 21)
    b = run_body(body, ints=[count], a=a, b=[-1] * 20, dtype=dtype)[2]
    wanted = np.full(20, -1.0)
    wanted[:count], wanted[10 : 10 + count] = a[2 : 2 + count], 0
    assert_array_equal(b, wanted)


def test_conversions(run_body):
    def body(k, ints, a, b, *_):
        single, double, whole = k.module.type("real"), k.real(0).ir.type, ints[0].ir.type
        (ints + 1).store(k.converted(ints[0], whole))
        a.store(k.converted(ints[0], single))
        (a + 1).store(k.converted(k.converted(a[1], double), single))
        numbers = ints.load(2)
        (a + 2).store(k.converted(numbers, single))

    ints, a, _ = run_body(body, ints=[-7, 0], a=[0, 0.1, 0, 0])
    assert_array_equal(ints, [-7, -7])
    assert_array_equal(a, np.float32([-7, 0.1, -7, -7]))


def test_conversions_between_widths(run_body):
    def body(k, ints, a, b, *_):
        wide = k.converted(a.load(2), ir.DoubleType())
        b.store(k.converted(wide / 3.0, ir.FloatType()))
        short = k.converted(ints.load(2), ir.IntType(32))
        (ints + 2).store(k.converted(short, ir.IntType(64)))

    ints, _, b = run_body(body, ints=[-5, 2**32 + 9, 0, 0], a=[0.1, 7], b=[0, 0])
    assert_array_equal(ints[2:], [-5, 9])
    assert_array_equal(b, (np.float32([0.1, 7]).astype(float) / 3).astype(np.float32))


@DTYPES
def test_nan(run_body, dtype):
    def body(k, ints, a, *_):
        (ints + 0).store(k.select(k.is_nan(a[0]), 1, 0))
        (ints + 1).store(k.select(k.any_nan(a.load(LANES)), 1, 0))

    for place in range(LANES):
        a = np.array([np.inf, -np.inf, 0, 1])
        assert_array_equal(run_body(body, ints=[7, 7], a=a, dtype=dtype)[0], [0, 0])
        a[place] = np.nan
        assert_array_equal(run_body(body, ints=[7, 7], a=a, dtype=dtype)[0], [place == 0, 1])


@DTYPES
def test_multiply_add_rounds_once_where_it_can(run_body, dtype):
    x = 1 + np.finfo(dtype).eps

    def body(k, ints, a, b, *_):
        b.store(k.multiply_add(a[0], a[0], a[1]))
        (b + 1).store(k.multiply_add(a.load(2), a.load(2), (a + 1).load(2)))

    rounded = np.dtype(dtype).type(x) ** 2
    b = run_body(body, a=[x, -rounded, -rounded], b=[1, 1, 1], dtype=dtype)[2]
    once = float(np.finfo(dtype).eps) ** 2 if host().has_fma else 0.0
    assert_array_equal(b[:2], [once, once])


def test_streaming_and_prefetching(run_body):
    def body(k, ints, a, b, *_):
        # Where the array is, is known when it runs: the next multiple of a vector's size.
        address = k.builder.ptrtoint(b.ir, ints[0].ir.type)
        ints.store(type(ints[0])(k, address))
        ahead = ((0 - ints[0]) & 15) / 4
        (b + ahead).stream(a.load(LANES))
        (b + 10**9).prefetch()  # no array is there, and nothing happens
        k.builder.fence("seq_cst")
        ints.store(ahead)

    ints, _, b = run_body(body, ints=[0], a=[1, 2, 3, 4], b=np.zeros(12))
    assert_array_equal(b[ints[0] :][:LANES], [1, 2, 3, 4])
    assert b.sum() == 10


def test_functions_call_functions(empty_cache):
    module = Module(host(), np.dtype("float32"))
    with module.function("inner", "x:real* times:int", internal=True) as (k, x, times):
        x.store(x[0] + k.converted(times, module.real))
    inner = k.function
    with module.function("outer", "x:real*") as (k, x):
        k.call(inner, x, 3)
    text = str(module)
    assert 'define internal void @"inner"' in text
    assert "noinline" in text
    assert 'call void @"inner"' in text


def test_places_seen_as_others(run_body):
    def body(k, ints, a, b, *_):
        b.as_ints().store(k.integer(2**40 + 3))
        p = k.named(ints, ["one", "two"])
        (ints + 2).store(p.one * 10 + p.two)
        (ints + 3).store(b.seen_as(ints.element)[0])

    ints, _, b = run_body(body, ints=[4, 2, 0, 0], b=[0, 0])
    assert_array_equal(ints[2:], [42, 2**40 + 3])
    assert b.view(np.int64)[0] == 2**40 + 3


def test_lanes_of_targets():
    targets = [named(cpu) for cpu in ("x86-64", "x86-64-v3", "x86-64-v4")]
    targets.append(named("apple-m1", "arm64-apple-macosx13"))
    for target, float32_lanes in zip(targets, (4, 8, 16, 4), strict=True):
        assert Module(target, np.dtype("float32")).lanes == float32_lanes
        assert Module(target, np.dtype("float64")).lanes == float32_lanes // 2
