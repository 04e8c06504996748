"""What the engine needs beside arguments and results, and what it says when there is no more."""

import threading
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import stridewise.engines.compiled as compiled
from stridewise.blocks.explain_convolution import explain_conv2d
from stridewise.engines.compiled.running import scratch as scratch_module
from stridewise.engines.compiled.winograd.forward_plan import WinogradPlan
from stridewise.engines.compiled.winograd.gradient_plan import WinogradGradientPlan
from stridewise.engines.num_threads import set_num_threads
from stridewise.specs import ConvSpec
from tests.engines.compiled.processes import run_python
from tests.engines.compiled.seven_functions import all_calls, convolution_calls

MIB = 2**20
# Python's own small objects, and NumPy's.
SMALL = 8 * 1024

CONVOLUTIONS = {
    "winograd": ((16, 16), 64, 64, (3, 3), {"padding": 1}),
    "winograd, deep": ((7, 7), 256, 256, (3, 3), {"padding": 1}),
    "direct": ((16, 16), 48, 80, (5, 5), {"padding": 2}),
    "strided": ((32, 32), 32, 64, (3, 3), {"stride": 2, "padding": 1}),
    "one by one": ((16, 16), 256, 64, (1, 1), {}),
    "an image": ((64, 64), 3, 64, (7, 7), {"stride": 2, "padding": 3}),
    "wide groups": ((16, 16), 96, 96, (3, 3), {"groups": 4, "padding": 1}),
    "depthwise": ((32, 32), 96, 96, (3, 3), {"groups": 96, "padding": 1}),
    "narrow groups": ((16, 16), 96, 96, (3, 3), {"groups": 24, "padding": 1}),
}
NAMES = pytest.mark.parametrize("name", CONVOLUTIONS)


def calls_and_steps(name, N):
    """The three functions on zeros, and what is said of them."""
    size, C_in, C_out, kernel, options = CONVOLUTIONS[name]
    spec = ConvSpec.of("conv", size, kernel, **options)
    x = np.zeros((N, *size, C_in), np.float32)
    weight = np.zeros((*kernel, C_in // spec.groups, C_out), np.float32)
    grad_y = np.zeros((N, *spec.output_size, C_out), np.float32)
    calls = [
        lambda: compiled.conv(x, weight, None, spec),
        lambda: compiled.conv_grad_x(grad_y, weight, spec),
        lambda: compiled.conv_grad_weight(grad_y, x, spec),
    ]
    return calls, explain_conv2d(x.shape, weight.shape, **options).steps


def measured(call):
    """Bytes that a call takes beside its result, in a thread that has kept nothing yet."""
    call()  # plans, kernels and workers stay
    taken = []

    def work():
        tracemalloc.start()
        try:
            result = call()
            taken.append(tracemalloc.get_traced_memory()[1] - result.nbytes)
        finally:
            tracemalloc.stop()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return taken[0]


@NAMES
@pytest.mark.parametrize("threads", [1, 2])
def test_workspace_is_at_most_what_explain_says(name, threads):
    set_num_threads(threads)
    calls, steps = calls_and_steps(name, 4)
    for call, step in zip(calls, steps, strict=True):
        assert measured(call) <= step.workspace + SMALL, step.name


@NAMES
def test_workspace_does_not_grow_with_the_batch(name):
    set_num_threads(2)
    (small, _), (large, steps) = (calls_and_steps(name, N) for N in (16, 48))
    for one, many, step in zip(small, large, steps, strict=True):
        used = measured(many)
        assert used <= 32 * MIB
        # Several chunks, each at most as large as all of a smaller batch.
        assert used <= 1.5 * max(measured(one), 8 * MIB), step.name
        assert step.workspace <= 32 * MIB


@pytest.mark.parametrize("N", [1, 8, 64, 512, 4096])
def test_a_large_batch_is_said_to_need_no_more(nothing_compiled, N):
    for channels in (64, 256, 512):
        said = explain_conv2d((N, 28, 28, channels), (3, 3, channels, channels), padding=1)
        assert max(step.workspace for step in said.steps) <= 32 * MIB


def test_scratch_memory_is_kept_and_grows():
    found = {}

    def work():
        borrow, give_back = scratch_module.borrow, scratch_module.give_back
        first = borrow("demo", 1000)
        found["its own"] = borrow("demo", 1000) is not first
        give_back("demo", first)
        found["again"] = borrow("demo", 500) is first
        give_back("demo", first)
        larger = borrow("demo", 100_000)
        found["grown"] = larger is not first and larger.size == 100_000
        give_back("demo", larger)
        found["stays"] = borrow("demo", 1000) is larger
        found["other"] = borrow("other", 1000) is not larger
        huge = borrow("demo", scratch_module._KEPT_BYTES + 1)
        give_back("demo", huge)
        found["not kept"] = borrow("demo", 1) is not huge
        found["aligned"] = all(space.address % 64 == 0 for space in (first, larger, huge))
        found["nothing"] = borrow("none", 0).size == 0

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(found) == 8
    assert all(found.values()), found


class Dirty:
    """NumPy, whose empty arrays are full of NaNs."""

    def empty(self, shape, dtype=float):
        array = np.empty(shape, dtype)
        array.view(np.uint8)[...] = 0xFF
        return array

    def __getattr__(self, name):
        return getattr(np, name)


def test_it_does_not_matter_what_was_in_scratch_memory(monkeypatch):
    """Nor does it look like a result that is not finite, and is computed twice."""
    calls = all_calls()
    wanted = [call() for call in calls.values()]
    scratch_module._own.spaces.clear()
    monkeypatch.setattr(scratch_module, "np", Dirty())
    monkeypatch.setattr(scratch_module, "_KEPT_BYTES", -1)
    for kind in (WinogradPlan, WinogradGradientPlan):
        real = kind.run

        def without_a_second_way(plan, *addresses, real=real):
            real(plan._replace(directly=None), *addresses)

        monkeypatch.setattr(kind, "run", without_a_second_way)
    for call, result in zip(calls.values(), wanted, strict=True):
        assert_array_equal(call(), result)


def test_no_memory_for_scratch(monkeypatch):
    calls = convolution_calls("winograd")
    wanted = [call() for call in calls.values()]
    scratch_module._own.spaces.clear()

    class Full:
        uint8 = np.uint8

        def empty(self, shape, dtype):
            raise MemoryError(f"Unable to allocate {shape} bytes")

    with monkeypatch.context() as patched:
        patched.setattr(scratch_module, "np", Full())
        for call in calls.values():
            with pytest.raises(MemoryError, match=r"Unable to allocate \d+ bytes"):
                call()
    for call, result in zip(calls.values(), wanted, strict=True):
        assert_array_equal(call(), result)


LITTLE_MEMORY = """
import resource
import numpy as np
from stridewise import conv2d, max_pool2d, set_num_threads
from stridewise.engines import use_engine

def refused(call):
    try:
        call()
    except MemoryError as error:
        said = str(error)
        assert "Unable to allocate" in said and "iB" in said, said
        return True
    return False

with use_engine("compiled"):
    set_num_threads(2)
    x = np.ones((1, 64, 64, 32), np.float32)
    weight = np.ones((3, 3, 32, 32), np.float32)
    wanted = conv2d(x, weight)
    pages = int(open("/proc/self/statm").read().split()[0])
    limit = pages * resource.getpagesize() + 200 * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    # A result of 1 GiB, and of 512 MiB; then scratch memory of more than there is.
    assert refused(lambda: conv2d(x, np.ones((1, 1, 32, 65536), np.float32)))
    image = np.ones((1, 4096, 1024, 1), np.float32)
    assert refused(lambda: conv2d(image, np.ones((1, 1, 1, 32), np.float32)))
    assert refused(lambda: max_pool2d(np.broadcast_to(x, (1024, 64, 64, 32)), kernel_size=2))
    for _ in range(3):
        assert np.array_equal(conv2d(x, weight), wanted)
    print("usable")
"""


def test_without_memory_there_is_an_error_and_the_engine_goes_on():
    assert run_python("-c", LITTLE_MEMORY) == "usable\n"


MANY_THREADS = """
import resource, threading
import numpy as np
from stridewise import conv2d, set_num_threads
from stridewise.engines import use_engine

with use_engine("compiled"):
    set_num_threads(1)
    x = np.ones((1, 64, 64, 32), np.float32)
    weight = np.ones((3, 3, 32, 32), np.float32)
    wanted = conv2d(x, weight)
    pages = int(open("/proc/self/statm").read().split()[0])
    limit = pages * resource.getpagesize() + 60 * 2**20  # a thread's stack takes 8 MiB
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    set_num_threads(32)
    for _ in range(3):
        assert np.array_equal(conv2d(x, weight), wanted)
    print("usable", 0 < threading.active_count() < 32)
"""


def test_without_memory_for_threads_it_works_with_fewer():
    assert run_python("-c", MANY_THREADS) == "usable True\n"
