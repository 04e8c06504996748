"""Code for other processors: older x86-64 ones run here, AArch64 is compiled and read."""

import inspect
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from llvmlite import binding as llvm

from stridewise.engines.compiled.code.compiler import assembly
from stridewise.engines.compiled.code.target import named
from stridewise.engines.compiled.direct.convolution import build_direct
from stridewise.engines.compiled.direct.framed_gradient import build_framed_gradient
from stridewise.engines.compiled.direct.weight_gradient import build_weight_gradient
from stridewise.engines.compiled.grouped.convolution import build_grouped
from stridewise.engines.compiled.grouped.weight_gradient import build_grouped_weight
from stridewise.engines.compiled.pooling.average import (
    build_avg_pool,
    build_avg_pool_grad,
    build_avg_pool_grad_apart,
)
from stridewise.engines.compiled.pooling.maximum import (
    build_max_pool,
    build_max_pool_grad,
    build_max_pool_grad_apart,
)
from stridewise.engines.compiled.running.workers import build_distribute, build_serve
from stridewise.engines.compiled.winograd.forward import build_input_transform, build_products
from stridewise.engines.compiled.winograd.gradient import (
    build_gradient_products,
    build_gradient_transform,
)
from stridewise.errors import EngineError
from tests.engines.compiled.processes import run_python

# With a residual and two bounds, and without.
ENDING, PLAIN = (1, 1, 1), (0, 0, 0)
# A builder and its sizes, for so many lanes and bits of a place.
MULTIPLYING = {
    "direct": lambda lanes, bits: (build_direct, 6, 4, 3, lanes, 1, 0, 0, 0, *ENDING),
    "direct, turned": lambda lanes, bits: (build_direct, 7, 2, 2, lanes, 0, 1, 1, 0, *PLAIN),
    "weight gradient": lambda lanes, bits: (build_weight_gradient, 6, 4, 2, lanes, 1),
    "framed gradient": lambda lanes, bits: (build_framed_gradient, 9, 1, 2, 2, lanes, 1),
    "framed gradient, window": lambda lanes, bits: (build_framed_gradient, 25, 5, 1, 1, lanes, 1),
    "products": lambda lanes, bits: (build_products, 4, 6, 4, lanes, 2, 1, 0, *ENDING),
    "input transform": lambda lanes, bits: (build_input_transform, 4, lanes, 1),
    "gradient transform": lambda lanes, bits: (build_gradient_transform, 2 * lanes, lanes, 1),
    "gradient products": lambda lanes, bits: (build_gradient_products, 6, 4, 3, lanes, 1),
    "depthwise": lambda lanes, bits: (build_grouped, lanes, 1, 1, 1, 8, 3, 1, 1, 1, 0, *PLAIN),
    "grouped": lambda lanes, bits: (build_grouped, lanes, 2, 2, 1, 5, 1, 1, 1, 1, 0, *ENDING),
    "grouped weight": lambda lanes, bits: (build_grouped_weight, lanes, 1, 1, 3, 1, 5, 3, 1, 1, 1),
}
POOLING = {
    "max_pool": lambda lanes, bits: (build_max_pool, lanes, 2, 1, 3, 3, bits),
    "max_pool without indices": lambda lanes, bits: (build_max_pool, lanes, 2, 0, 0, 0, 0),
    "max_pool_grad": lambda lanes, bits: (build_max_pool_grad, lanes, 2, 1, 3, 3, bits, 1, 0, 1, 4),
    "max_pool_grad apart": lambda lanes, bits: (build_max_pool_grad_apart, lanes, 2, 1, 2, 2, bits),
    "avg_pool": lambda lanes, bits: (build_avg_pool, lanes, 2, 1, 3, 3, 0),
    "avg_pool_grad": lambda lanes, bits: (build_avg_pool_grad, lanes, 2, 1, 3, 0, 1, 4),
    "avg_pool_grad apart": lambda lanes, bits: (build_avg_pool_grad_apart, lanes, 2, 1, 2, 2),
}
WORKERS = {
    "serve": lambda lanes, bits: (build_serve,),
    "distribute": lambda lanes, bits: (build_distribute,),
}
ARM = {
    "neoverse-n1": "aarch64-unknown-linux-gnu",
    "apple-m1": "arm64-apple-macosx13",
}
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
A_FUSED_CALL = re.compile(r"^\s+(bl|b|call\w*|jmp)\s+_?fmaf?\b", re.MULTILINE)


@pytest.fixture(scope="module", autouse=True)
def _all_targets():
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()


def written(sizes_for, dtype, target):
    """The assembly of a kernel."""
    itemsize = np.dtype(dtype).itemsize
    build, *sizes = sizes_for(target.vector_bytes // itemsize, 8 * itemsize)
    flags = len(inspect.signature(build).parameters) - 1 - len(sizes)  # the last ones: all off
    sizes += [0] * flags
    return assembly(build, dtype, *sizes, target=target)


def innermost_loops(text):
    """The code from each label to the jump back to it that encloses no other such."""
    lines = text.splitlines()
    labels, found = {}, []
    for number, line in enumerate(lines):
        if label := re.match(r"\.?(L\w+):", line):
            labels[label[1]] = number
        jump = re.match(r"\s+(?:b\S*|cbn?z|tbn?z|j\w+)\s.*?\.?(LBB\w+)$", line)
        if jump and jump[1] in labels:
            found.append((labels[jump[1]], number))
    return [
        "\n".join(lines[begin : end + 1])
        for begin, end in found
        if not any(begin <= b and e <= end and (b, e) != (begin, end) for b, e in found)
    ]


@DTYPES
@pytest.mark.parametrize("cpu", ARM)
@pytest.mark.parametrize("name", MULTIPLYING)
def test_arm_multiplies_and_adds_vectors_in_the_inner_loop(cpu, name, dtype):
    text = written(MULTIPLYING[name], dtype, named(cpu, ARM[cpu]))
    fused = re.compile(r"fmla(\.\d[sd])?\s+v|fmla\s+v\d+\.\d[sd]")
    loops = innermost_loops(text)
    assert loops
    assert max(len(fused.findall(loop)) for loop in loops) >= 4
    assert not A_FUSED_CALL.search(text)


@DTYPES
@pytest.mark.parametrize("cpu", ARM)
@pytest.mark.parametrize("name", POOLING | WORKERS)
def test_arm_pools_in_vectors(cpu, name, dtype):
    text = written((POOLING | WORKERS)[name], dtype, named(cpu, ARM[cpu]))
    if name in POOLING:
        assert re.search(r"f(add|cm\w\w|div)(\.\d[sd])?\s+v", text)
    assert not A_FUSED_CALL.search(text)


@DTYPES
@pytest.mark.parametrize("name", MULTIPLYING)
def test_the_oldest_x86_has_no_fused_instruction_and_calls_none(name, dtype):
    text = written(MULTIPLYING[name], dtype, named("x86-64", "x86_64-unknown-linux-gnu"))
    assert not re.search(r"\bvfn?madd", text)
    assert not A_FUSED_CALL.search(text)
    assert not re.search(r"[yz]mm\d", text)
    assert re.search(rf"\bmulp{'s' if dtype == 'float32' else 'd'}\b", text)


@pytest.mark.parametrize(("cpu", "register"), [("x86-64-v3", "ymm"), ("x86-64-v4", "zmm")])
@pytest.mark.parametrize("name", MULTIPLYING)
def test_newer_x86_uses_its_widest_vectors(cpu, register, name):
    text = written(MULTIPLYING[name], "float32", named(cpu, "x86_64-unknown-linux-gnu"))
    assert re.search(rf"\bvfn?m(add|sub)\w+ps\s.*{register}\d", text)
    assert not A_FUSED_CALL.search(text)


def host_has(*features):
    found = llvm.get_host_cpu_features()
    return all(found.get(feature) for feature in features)


RUNNING_HERE = ["x86-64", "x86-64-v3"] if host_has("avx2", "fma") else ["x86-64"]
RUNNING_HERE += ["x86-64-v4"] if host_has("avx512f", "avx512vl", "avx512dq", "avx512bw") else []
if not llvm.get_process_triple().startswith("x86_64"):
    RUNNING_HERE = []


@pytest.fixture(scope="module")
def running_here():
    """What each of them said, all at once."""
    program = "tests.engines.compiled.sampled_agreement"
    with ThreadPoolExecutor() as pool:
        started = {
            cpu: pool.submit(run_python, "-m", program, STRIDEWISE_CPU=cpu) for cpu in RUNNING_HERE
        }
        yield started


@pytest.mark.parametrize("cpu", RUNNING_HERE)
def test_other_levels_agree(running_here, cpu):
    said = running_here[cpu].result().splitlines()[-1]
    assert re.fullmatch(rf"{cpu}: \d\d cases agree", said)


def test_a_name_that_does_not_say_which_vectors_there_are():
    with pytest.raises(EngineError, match=r"(?s)STRIDEWISE_CPU: .*x86-64-v3.*'znver4'"):
        named("znver4", "x86_64-unknown-linux-gnu")
