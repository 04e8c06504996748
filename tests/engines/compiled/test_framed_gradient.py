"""The gradient by the weights with few input channels: its tiles, and its sums by parts."""

import numpy as np
import pytest

import stridewise.engines.compiled as compiled
import stridewise.engines.vectorized as trusted
from stridewise.engines.compiled.convolution_plans import grad_weight_plan
from stridewise.engines.compiled.direct import framed_gradient_plan
from stridewise.engines.compiled.direct.framed_gradient_plan import PartialSums
from stridewise.engines.num_threads import set_num_threads
from stridewise.specs import ConvSpec

# Size, kernel, stride, padding; N, C_in, C_out. All are work enough for several parts.
PROBLEMS = {
    "LeNet's first": (((28, 28), (5, 5), 1, 2), (6, 1, 6)),
    "LeNet's second": (((14, 14), (5, 5), 1, 0), (6, 6, 16)),
    "an image, 3×3": (((32, 32), (3, 3), 1, 1), (5, 3, 16)),
    "an image, 7×7": (((41, 37), (7, 7), 2, 3), (1, 3, 64)),
    "wide rows": (((9000,), (3,), 1, 1), (2, 2, 5)),
    "a volume": (((6, 7, 8), (3, 2, 3), 1, 1), (4, 1, 40)),
}
EACH = pytest.mark.parametrize("name", PROBLEMS)
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


@pytest.fixture(autouse=True)
def _threads_back():
    yield
    set_num_threads(None)


def drawn(name, dtype, draw):
    (size, kernel, stride, padding), (N, C_in, C_out) = PROBLEMS[name]
    spec = ConvSpec.of("conv", size, kernel, stride=stride, padding=padding)
    grad_y = draw((N, *spec.output_size, C_out)).astype(dtype)
    return grad_y, draw((N, *size, C_in)).astype(dtype), spec


def plan_of(grad_y, x, spec):
    sizes = (x.shape[0], x.shape[-1], grad_y.shape[-1], x.dtype.char)
    return grad_weight_plan(spec, sizes, "medium")


@EACH
@DTYPES
def test_whole_numbers_add_up_exactly(name, dtype):
    rng = np.random.default_rng(0)
    problem = drawn(name, dtype, lambda shape: rng.integers(-3, 4, shape))
    assert isinstance(plan_of(*problem), PartialSums)
    expected = trusted.conv_grad_weight(*problem)
    np.testing.assert_array_equal(compiled.conv_grad_weight(*problem), expected)


@EACH
def test_the_same_bits_whatever_the_number_of_threads(name):
    problem = drawn(name, "float32", np.random.default_rng(0).standard_normal)
    seen = set()
    for threads in (1, 2, 3, 7):
        set_num_threads(threads)
        seen.add(compiled.conv_grad_weight(*problem).tobytes())
    assert len(seen) == 1


def test_the_sums_of_parts_count_as_workspace():
    problem = drawn("LeNet's first", "float32", np.random.default_rng(0).standard_normal)
    plan = plan_of(*problem)
    a_part = 64 * -(-25 * 6 * 4 // 64)
    assert plan.sums_bytes == plan.summing.items * a_part
    assert plan.workspace(2) == 2 * plan.summing.scratch + plan.sums_bytes


def test_little_work_is_summed_in_one_part():
    rng = np.random.default_rng(0)
    spec = ConvSpec.of("conv", (7, 5), (3, 3), stride=2, padding=1)
    x, grad_y = rng.integers(-3, 4, (10, 7, 5, 4)), rng.integers(-3, 4, (10, 4, 3, 8))
    problem = grad_y.astype("float32"), x.astype("float32"), spec
    assert not isinstance(plan_of(*problem), PartialSums)
    expected = trusted.conv_grad_weight(*problem)
    np.testing.assert_array_equal(compiled.conv_grad_weight(*problem), expected)


def test_sums_that_would_take_much_memory_have_fewer_parts(monkeypatch):
    problem = drawn("an image, 7×7", "float32", np.random.default_rng(0).standard_normal)
    whole = plan_of(*problem)
    grad_weight_plan.cache_clear()
    monkeypatch.setattr(framed_gradient_plan, "_MOST_BYTES", 3 * 7 * 7 * 3 * 64 * 4)
    fewer = plan_of(*problem)
    grad_weight_plan.cache_clear()
    assert (whole.summing.items, fewer.summing.items) == (11, 3)
