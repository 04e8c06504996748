"""Nothing is read or written beyond an array, whatever the sizes: pages around it are forbidden."""

import ctypes
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.engines.compiled.guard_pages import PAGE, Guard
from tests.engines.compiled.processes import ROOT, run_python

# Problems, times functions, times two sides.
CALLS = {
    "direct": 40 * 3 * 2,
    "grouped": (40 + 8) * 3 * 2,
    "streamed": (20 + 7) * 3 * 2,
    "few": 20 * 3 * 2,
    "winograd": 40 * 2 * 2,
    "pooling": 40 * 6 * 2,
    "channelwise": 40 * 8 * 2,
    "streamed_channelwise": 20 * 8 * 2,
}
PROGRAM = "tests.engines.compiled.guarded_problems"


@pytest.mark.parametrize("family", CALLS)
def test_every_size_stays_within_its_arrays(family):
    dtypes = ["float32"] if family == "winograd" else ["float32", "float64"]
    with ThreadPoolExecutor() as pool:  # to compile on several cores
        for said in pool.map(lambda dtype: run_python("-m", PROGRAM, family, dtype), dtypes):
            assert int(said.splitlines()[-1].removeprefix("calls: ")) == CALLS[family]


@pytest.mark.parametrize("at_end", [True, False])
def test_a_guard_bites(at_end):
    """One byte too far ends the process, on the side where the page is forbidden."""
    beyond = "array.nbytes" if at_end else "-1"
    program = (
        "import ctypes, sys\n"
        "from tests.engines.compiled.guard_pages import Guard\n"
        f"array = Guard(at_end={at_end}).zeros((3, 5), 'float32')\n"
        "ctypes.string_at(array.ctypes.data, array.nbytes)\n"
        "print('inside', flush=True)\n"
        f"ctypes.string_at(array.ctypes.data + {beyond}, 1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "inside\n"
    assert done.returncode < 0, done.stderr  # ended by a signal


@pytest.mark.parametrize("at_end", [True, False])
def test_a_guard_notices_what_is_written_on_the_other_side(at_end):
    guard = Guard(at_end)
    array = guard.empty((7, 3), np.float32)
    assert np.isnan(array).all()
    assert (array.ctypes.data + (array.nbytes if at_end else 0)) % PAGE == 0
    array[:] = 1
    guard.check()
    array = guard.empty((7, 3), np.float32)
    beside = array.ctypes.data + (-1 if at_end else array.nbytes)
    ctypes.memset(beside, 0, 1)
    with pytest.raises(AssertionError, match="beside an array"):
        guard.check()
