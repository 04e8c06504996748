"""What tests of the compiled engine share: small kernels, an empty cache, a fresh start."""

import gc
import itertools

import numpy as np
import pytest

from stridewise.engines import use_engine
from stridewise.engines.compiled import convolution_plans
from stridewise.engines.compiled.code import compiler
from stridewise.engines.compiled.code.compiler import SIGNATURE, kernel
from stridewise.engines.compiled.direct import few_channels
from stridewise.engines.compiled.grouped import calls
from stridewise.engines.num_threads import set_num_threads
from stridewise.engines.precision import get_precision, set_precision

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _compiled_as_by_default():
    """Run on the compiled engine; leave threads and precision as they were."""
    precision = get_precision()
    with use_engine("compiled"):
        yield
    set_num_threads(None)
    set_precision(precision)


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """A folder of this test's own, which does not exist yet."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("STRIDEWISE_CACHE", str(folder))
    return folder


@pytest.fixture
def forget_plans():
    """Work plans out again: what a test patches in the planner is seen then, and not later."""
    plans = [
        value
        for module in (convolution_plans, few_channels, calls)
        for value in vars(module).values()
        if hasattr(value, "cache_clear")
    ]

    def forget():
        for plan in plans:
            plan.cache_clear()

    forget()
    yield forget
    forget()
    gc.collect()


@pytest.fixture
def nothing_compiled(monkeypatch, forget_plans):
    """Work out plans whose kernels do not exist: to be explained, not to be run."""
    compiler.kernel.cache_clear()
    forget_plans()
    with monkeypatch.context() as patched:
        patched.setattr(compiler, "_address", lambda *given: 0)
        yield
    compiler.kernel.cache_clear()
    forget_plans()


@pytest.fixture
def run_body(empty_cache):
    """Compile the body of a kernel, call it, and give its arrays after the call.

    ``body(k, ints, a, b, first, last)`` gets pointers to the arrays of these names.
    """

    def run(body, *, ints=(), a=(), b=(), first=0, last=0, dtype="float32"):
        def build(module):
            with module.function(module.symbol, SIGNATURE) as (k, parameters, a, b, *others):
                body(k, parameters, a, b, *others[-2:])

        # Code is kept by the builder's name and the package's sources: a name of its own.
        build.__qualname__ = f"body_{next(_numbers)}"
        arrays = np.array(ints, np.int64), np.array(a, dtype), np.array(b, dtype)
        addresses = [array.ctypes.data for array in arrays]
        kernel(build, dtype).call(*addresses, 0, 0, 0, 0, first, last)
        return arrays

    return run
