"""Every size from 1 to 40 on every axis, in guarded memory; test_bounds runs this as a program.

``python -m tests.engines.compiled.guarded_problems FAMILY DTYPE`` says what it is about to do
before it does it: the last line before a crash is the problem that crashed. The results are
compared with those of the numpy engine; the inputs are whole numbers.
"""

import itertools
import math
import sys
from typing import NamedTuple

import numpy as np

import stridewise.engines.compiled as compiled
import stridewise.engines.vectorized as trusted
from stridewise.engines.compiled import convolution_plans
from stridewise.engines.compiled.channelwise import rows
from stridewise.engines.compiled.direct import convolution_plan as direct_plan
from stridewise.engines.compiled.direct import few_channels, framed_gradient_plan
from stridewise.engines.compiled.grouped import convolution_plan as grouped_plan
from stridewise.engines.compiled.planning import planner
from stridewise.engines.compiled.running import outputs
from stridewise.engines.compiled.running import scratch as scratch_module
from stridewise.engines.compiled.winograd import forward_plan, gradient_plan
from stridewise.engines.epilogue import Epilogue
from stridewise.engines.num_threads import set_num_threads
from stridewise.engines.precision import set_precision
from stridewise.specs import ConvSpec, PoolSpec
from tests.engines.compiled.guard_pages import Guard

MOST = 40  # and 41 is a prime: the multiples of any number below it take every size once
GROUPS = [(1, 2), (1, 3), (1, 4), (2, 2), (2, 4), (4, 2), (4, 4), (8, 8), (8, 2), (3, 3), (1, 7)]
GROUPS += [(5, 2), (2, 8), (4, 16), (16, 4), (16, 16)]


class Problem(NamedTuple):
    """A convolution or a pooling (then the channels in are its channels)."""

    N: int
    size: tuple
    C_in: int
    C_out: int
    kernel: tuple
    stride: tuple
    padding: tuple
    dilation: tuple
    groups: int = 1


def spread(number, factor):
    """A size from 1 to 40, each once for the numbers from 1 to 40."""
    return number * factor % (MOST + 1)


def axis(size, kernel, stride, dilation, before, after):
    """Options of one axis, with as much padding as the kernel needs to fit."""
    lacking = dilation * (kernel - 1) + 1 - (before + size + after)
    return size, kernel, stride, (before, after + max(lacking, 0)), dilation


def window(number, factor):
    """Axes of a convolution of one, two or three axes; the last one takes every size."""
    last = axis(
        *(spread(number, factor), 1 + number % 5, 1 + number // 3 % 3, 1 + number // 5 % 2),
        *(number % 3, number // 2 % 3),
    )
    row = axis(1 + number % 7, 1 + number // 2 % 3, 1 + number % 2, 1 + number // 4 % 2, 1, 0)
    depth = axis(1 + number % 3, 1 + number // 4 % 2, 1, 1, 0, 1)
    return [(row, last), (last,), (row, last), (depth, row, last)][number % 4]


def of_axes(axes, N, C_in, C_out, groups=1):
    size, kernel, stride, padding, dilation = zip(*axes, strict=True)
    return Problem(N, size, C_in, C_out, kernel, stride, padding, dilation, groups)


def direct(dtype):
    factor = {"float32": 1, "float64": 9}[dtype]
    for number in range(1, MOST + 1):
        C_in, C_out = spread(number, 5 * factor), spread(number, 7)
        yield of_axes(window(number, 11 * factor), 1 + number % 3, C_in, C_out)


def grouped(dtype):
    for number in range(1, MOST + 1):
        channels = spread(number, 5)
        yield of_axes(window(number, 11), 1 + number % 3, channels, channels, channels)
    for number, (ins, outs) in enumerate(GROUPS, start=1):
        if number % 2 == (dtype == "float64"):
            continue
        groups = 2 + number % (4 if ins * outs < 64 else 2)
        axes = window(number, 13)
        yield of_axes(axes, 1 + number % 2, ins * groups, outs * groups, groups)


def streamed(dtype):
    for module in (direct_plan, grouped_plan, outputs):
        for name in ("STREAMED_BYTES", "LEAST_ALIGNED"):
            if hasattr(module, name):
                setattr(module, name, 0)
    for number in range(1, MOST + 1, 2):
        channels = 16 * (1 + number % 3)
        yield of_axes(window(number, 11), 1 + number % 3, channels, channels, channels)
        if number % 3 == 0:
            yield of_axes(window(number, 13), 1 + number % 2, spread(number, 5), channels)


def few(dtype):
    few_channels._LEAST_WORK = framed_gradient_plan.SERIAL_WORK = 0
    for number in range(1, MOST + 1, 2):
        axes = window(number, 11)
        yield of_axes(axes, 1 + number % 3, 1 + number % 7, spread(number, 7))


def winograd(dtype):
    planner._FEWEST_CHANNELS = 1  # where the model would prefer the direct sum, too

    def forced(problem, precision):
        obstacle = planner._obstacle(problem, precision)
        return planner.Choice("direct" if obstacle else "winograd", "", 1.0)

    convolution_plans.choose = convolution_plans.choose_gradient = forced
    for number in range(1, MOST + 1):
        last = axis(spread(number, 11), 3, 1, 1, number % 4, number // 2 % 3)
        row = axis(1 + number % 9, 3, 1, 1, 1, number // 3 % 4)
        depth = axis(1 + number % 2, 1, 1, 1, 0, 0)
        axes = (depth, row, last) if number % 5 == 0 else (row, last)
        C_in, C_out = spread(number, 5), spread(number, 7)
        a_tile = 36 * 4 * C_in
        forward_plan.CHUNK_BYTES = (40 if number % 8 == 0 else 5) * a_tile
        gradient_plan.GRADIENT_CHUNK_BYTES = 7 * (a_tile + 36 * 4 * C_out)
        yield of_axes(axes, 1 + number % 3, C_in, C_out)


def pooling(dtype):
    for number in range(1, MOST + 1):
        channels = spread(number, 5)
        # Kernels by the vectors that hold the channels: what is compiled serves several sizes.
        kernels = [(1, 5), (2, 2), (3, 3), (2, 3), (4, 1), (5, 4)]
        axes = window(number, 11)[-2:]
        sizes = zip(axes, kernels[channels.bit_length() - 1], strict=False)
        axes = [
            axis(size, kernel, stride, dilation, *padding)
            for (size, _, stride, padding, dilation), kernel in sizes
        ]
        if number % 4 == 3:
            axes.insert(0, axis(1 + number % 3, 1 + number // 4 % 2, 1, 1, 0, 0))
        reaches = [dilation * (kernel - 1) + 1 for _, kernel, _, _, dilation in axes]
        if any(max(each[3]) >= reach for each, reach in zip(axes, reaches, strict=True)):
            axes = [
                (max(size, reach), kernel, stride, (0, 0), dilation)
                for (size, kernel, stride, _, dilation), reach in zip(axes, reaches, strict=True)
            ]
        yield of_axes(axes, 1 + number % 3, channels, 0)


def channelwise(dtype):
    factor = {"float32": 5, "float64": 9}[dtype]
    for number in range(1, MOST + 1):
        # Every number of pixels that can be joined to fill vectors, and more than one block.
        size = (2 ** (number % 6), spread(number, 7), 30 if number % 8 == 0 else 1)
        yield Problem(1 + number % 3, size, spread(number, factor), 0, (), (), (), ())


def streamed_channelwise(dtype):
    rows.STREAMED_BYTES = 0
    yield from itertools.islice(channelwise(dtype), 0, None, 2)


FAMILIES = {
    family.__name__: family
    for family in (
        *(direct, grouped, streamed, few, winograd, pooling),
        *(channelwise, streamed_channelwise),
    )
}


def convolutions(problem, dtype, guard, rng):
    """The three functions: a name, a call of either engine, and how exact it is."""
    spec = ConvSpec.of(
        *("conv", problem.size, problem.kernel),
        **{name: getattr(problem, name) for name in ("stride", "padding", "dilation", "groups")},
    )

    def drawn(*shape):
        return guard.copy(rng.integers(-4, 5, shape).astype(dtype))

    x = drawn(problem.N, *problem.size, problem.C_in)
    weight = drawn(*problem.kernel, problem.C_in // problem.groups, problem.C_out)
    bias = drawn(problem.C_out) if problem.C_out % 2 else None
    grad_y = drawn(problem.N, *spec.output_size, problem.C_out)
    # Winograd's two directions are one kernel, which takes long to compile: one of them each.
    both = sys.argv[1] != "winograd"
    # Many have a residual and bounds, and many have weights that are packed once.
    epilogue = Epilogue(grad_y, -20.0, 30.0) if problem.N % 2 else None
    kept = {} if problem.C_out % 3 else None
    if both or problem.C_in % 2:
        yield "conv", lambda engine: engine.conv(x, weight, bias, spec, epilogue, kept)
    if both or not problem.C_in % 2:
        yield "conv_grad_x", lambda engine: engine.conv_grad_x(grad_y, weight, spec)
    yield "conv_grad_weight", lambda engine: engine.conv_grad_weight(grad_y, x, spec)


def poolings(problem, dtype, guard, rng):
    """The four functions, with their options."""
    names = ("stride", "padding", "dilation")
    options = {name: getattr(problem, name) for name in names}
    spec, excluding = (
        PoolSpec.of("pool", problem.size, problem.kernel, **options, count_include_pad=included)
        for included in (True, False)
    )
    x = guard.copy(rng.integers(-4, 5, (problem.N, *problem.size, problem.C_in)).astype(dtype))
    y_shape = (problem.N, *spec.output_size, problem.C_in)
    grad_y = guard.copy(rng.integers(-4, 5, y_shape).astype(dtype))
    yield "max_pool", lambda engine: engine.max_pool(x, spec, indices=False)[0]
    yield "indices", lambda engine: engine.max_pool(x, spec, indices=True)[1]
    yield "max_pool_grad", lambda engine: engine.max_pool_grad(grad_y, x, spec, "first")
    yield "all ties", lambda engine: engine.max_pool_grad(grad_y, x, spec, "all")
    yield "avg_pool", lambda engine: engine.avg_pool(x, spec)
    yield "avg_pool_grad", lambda engine: engine.avg_pool_grad(grad_y, excluding)


def channel_functions(problem, dtype, guard, rng):
    """What normalisation and rectifiers need."""
    shape = (problem.N, *problem.size, problem.C_in)
    x, grad_y = (guard.copy(rng.integers(-4, 5, shape).astype(dtype)) for _ in range(2))
    numbers = [guard.copy(rng.integers(-4, 5, shape[-1:]).astype(dtype)) for _ in range(4)]
    yield "channel_sums", lambda engine: engine.channel_sums(x)
    yield "channel_moments", lambda engine: np.stack(engine.channel_moments(x))
    yield (
        "channel_products",
        lambda engine: np.stack(engine.channel_products(grad_y, x, numbers[0])),
    )
    yield "normalise", lambda engine: engine.normalise(x, *numbers[:3])
    yield "normalise_grad", lambda engine: engine.normalise_grad(grad_y, x, *numbers)
    yield "relu", lambda engine: engine.relu(x)
    yield "relu_grad", lambda engine: engine.relu_grad(grad_y, x)
    yield "add", lambda engine: engine.add(x, grad_y)


def guard_the_engine(guard, line):
    """Have the engine make its arrays, and its scratch memory, by the guard.

    Outputs are made of whole lines of so many bytes: those that are streamed have to be.
    """

    def borrow(purpose, size):
        array = guard.space(size + -size % 64)
        return scratch_module.Space(size, array.ctypes.data, array)

    def empty(shape, dtype):
        size = math.prod(shape) * dtype.itemsize
        return guard.space(size + -size % line)[:size].view(dtype).reshape(shape)

    replaced = {"np": (np, guard)}
    replaced["borrow"] = (scratch_module.borrow, borrow)
    replaced["give_back"] = (scratch_module.give_back, lambda purpose, space: None)
    replaced["empty"] = (outputs.empty, empty)
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("stridewise.engines.compiled"):
            for name, (real, guarded) in replaced.items():
                if getattr(module, name, None) is real:
                    setattr(module, name, guarded)


FUNCTIONS = {
    "pooling": poolings,
    "channelwise": channel_functions,
    "streamed_channelwise": channel_functions,
}


def say(line):
    """At once: this may be the last line before a crash."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(family, dtype):
    """Run a family; says how many calls there were."""
    guard = Guard(at_end=True)
    guard_the_engine(guard, 64 if family.startswith("streamed") else 1)
    if family in ("direct", "few", "streamed"):
        set_precision("high")
    exact = family in ("direct", "grouped", "streamed", "few")
    calls = 0
    for number, problem in enumerate(FAMILIES[family](dtype)):
        set_num_threads(1 + 2 * (number % 2))
        for guard.at_end in (True, False):
            functions = FUNCTIONS.get(family, convolutions)
            rng = np.random.default_rng(number)
            for name, call in functions(problem, dtype, guard, rng):
                where = "end" if guard.at_end else "begin"
                say(f"{name} at the {where} of pages: {problem} {dtype}")
                wanted, given = call(trusted), call(compiled)
                if exact:
                    np.testing.assert_array_equal(given, wanted)
                else:
                    np.testing.assert_allclose(given, wanted, rtol=1e-4, atol=1e-3)
                calls += 1
            guard.check()
    say(f"calls: {calls}")


if __name__ == "__main__":
    main(*sys.argv[1:])
