"""Programs that mean no harm: their values, their exceptions, the helpers, the protection."""

import sys
import time
from pathlib import Path

import numpy as np
import pytest

from stridewise import notebook
from stridewise.checker.results import Trouble
from stridewise.checker.sandbox import (
    Call,
    Limits,
    Raised,
    Returned,
    SandboxError,
    TimedOut,
    command,
    process,
    right_functions,
    run_calls,
    view,
)
from stridewise.checker.submissions import Source
from stridewise.notebook import compact


def _run(text, *calls, **options):
    return run_calls(Source("submission.py", text), calls, **options)


def test_a_function_returns_what_it_would_return_here(way):
    text = "def f(x, y, mode='a'):\n    return x @ y, {'mode': mode}, x[0, 0], [None, 2]"
    x, y = np.arange(6.0).reshape(2, 3), np.arange(3, dtype=np.float32)
    (outcome,) = _run(text, Call("f", (x, y), {"mode": "b"})).outcomes
    product, mode, first, others = outcome.value
    np.testing.assert_array_equal(product, x @ y)
    assert (mode, others, type(first)) == ({"mode": "b"}, [None, 2], np.float64)
    assert outcome.changed == ()


def test_arguments_are_fresh_for_every_call_and_writing_to_them_is_told():
    text = "def f(x, cache):\n    cache[1][0] += 1\n    return cache[1].copy()"
    call = Call("f", (np.zeros(2), ("a", np.zeros(3))))
    for outcome in _run(text, call, call).outcomes:
        np.testing.assert_array_equal(outcome.value, [1, 0, 0])
        assert outcome.changed == (1,)
    assert call.arguments[1][1].sum() == 0


def test_an_exception_has_the_learners_own_lines():
    text = "import numpy as np\ndef g(x):\n    return np.reshape(x, 7)\ndef f(x):\n    return g(x)"
    (outcome,) = _run(text, Call("f", (np.zeros(4),))).outcomes
    assert outcome.trouble.type == "ValueError"
    assert "cannot reshape" in outcome.trouble.message
    assert outcome.trouble.lines == ((5, "return g(x)"), (3, "return np.reshape(x, 7)"))


def test_right_helpers_stand_in_for_one_call_alone():
    text = (
        "def zero_pad(X, pad):\n    return 'mine'\n"
        "def conv_forward(X):\n    return zero_pad(X, 1), conv_single_step(X, X, 1.0)\n"
    )
    X = np.ones((1, 2, 2, 1))
    alone = Call("conv_forward", (X,), {}, frozenset({"zero_pad", "conv_single_step"}))
    own = Call("conv_forward", (X,))
    helped, written, other = _run(text, alone, own, Call("zero_pad", (X, 1))).outcomes
    np.testing.assert_array_equal(helped.value[0], notebook.zero_pad(X, 1))
    assert helped.value[1] == 5.0
    assert (written.trouble.type, other.value) == ("NameError", "mine")


def test_a_helper_is_never_where_its_own_function_is_asked_for():
    text = (
        "kept = []\n"
        "def pool_backward(): kept.append(distribute_value)\n"
        "def distribute_value(dz, shape): return len(kept)\n"
    )
    helped = Call("pool_backward", (), {}, frozenset({"distribute_value"}))
    later = Call("distribute_value", (1.0, (2, 2)), {}, frozenset({"zero_pad"}))
    outcomes = _run(text, helped, later).outcomes
    assert outcomes == (Returned(None), Returned(0))


def test_the_helpers_are_right(rng):
    A, W, b = rng.normal(size=(2, 7, 6, 3)), rng.normal(size=(3, 3, 3, 4)), rng.normal(size=4)
    b = b.reshape(1, 1, 1, 4)
    conv, pool = {"stride": 2, "pad": 1}, {"f": 2, "stride": 1}
    dZ = rng.normal(size=notebook.conv_forward(A, W, b, conv)[0].shape)
    dA = rng.normal(size=notebook.pool_forward(A, pool)[0].shape)
    ties = np.round(A)
    calls = {
        "zero_pad": [(A, 2)],
        "conv_single_step": [(A[0], A[1], np.ones((1, 1, 1)))],
        "conv_forward": [(A, W, b, conv)],
        "conv_backward": [(dZ, (A, W, b, conv))],
        "pool_forward": [(A, pool, "max"), (A, pool, "average")],
        "create_mask_from_window": [(np.array([[1.0, 3.0], [3.0, 2.0]]),)],
        "distribute_value": [(2.0, (2, 3))],
        "pool_backward": [(dA, (ties, pool), "max"), (dA, (ties, pool), "average")],
        "padding": [(A[(0,) * (4 - dims)], 2, dims, -1.5) for dims in (1, 2, 3, 4)],
        "conv_slice": [(A[0], A[1], 2.0), (A[0, 0], A[1, 0], np.ones((1, 1, 1)))],
        "max_mask": [(np.array([[1.0, 3.0], [3.0, 2.0]]),)],
    }
    assert {*calls, "text_of"} == set(right_functions.__all__)
    for name, many in calls.items():
        namespace = {}
        exec(right_functions.text_of(name), namespace)  # as the child has it: alone
        for arguments in many:
            library = notebook if hasattr(notebook, name) else compact
            got, right = namespace[name](*arguments), getattr(library, name)(*arguments)
            several = name in ("conv_backward",)
            pairs = zip(got, right, strict=True) if several else [(got, right)]
            for ours, theirs in pairs:
                if name.endswith("forward"):
                    ours, theirs = ours[0], theirs[0]
                np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("cells", [(), (1, 3, 5)])
def test_a_program_goes_on_after_a_statement_that_fails(cells):
    text = "x = 1\n\nundefined\n\ndef f():\n    return x\n\nif open('data.h5'):\n    def g(): ..."
    ran = run_calls(Source("a", text, cells), [Call("f", ()), Call("g", ())])
    why = "name 'g' is not defined, since before it NameError: name 'undefined' is not defined"
    trouble = Trouble("NameError", why, ((3, "undefined"),))
    assert ran.outcomes == (Returned(1), Raised(trouble))
    assert ran.problem is None


def test_what_comes_from_the_future_holds_in_the_whole_program():
    text = "from __future__ import annotations\ndef f(x: Unknown): return f.__annotations__['x']"
    assert _run(text, Call("f", (1,))).outcomes == (Returned("Unknown"),)


def test_packages_that_draw_may_be_imported_and_do_nothing():
    text = (
        "import matplotlib.pyplot as plt, h5py\nfrom IPython.display import Image\n"
        "from public_tests import *\nget_ipython().run_line_magic('matplotlib', 'inline')\n"
        "plt.rcParams['figure.figsize'] = (5, 4)\nfigure, axes = plt.subplots()\n"
        "def f(): return axes.plot([1]) is None, input\n"
    )
    assert _run(text, Call("f", ())).problem is None
    (outcome,) = _run("import nunpy", Call("f", ())).outcomes
    assert outcome.trouble.message.endswith("ModuleNotFoundError: No module named 'nunpy'")


def test_what_the_program_prints_and_reads_goes_nowhere():
    text = "def f():\n    print('noise', flush=True)\n    return input()"
    (outcome,) = _run(text, Call("f", ())).outcomes
    assert outcome.trouble.type == "EOFError"


def test_the_programs_own_folder_and_the_empty_device_can_be_written(way):
    text = (
        "import os, tempfile\ndef f():\n"
        "    open(os.devnull, 'w').write('x')\n    tempfile.TemporaryFile().write(b'x')\n"
        "    open('a', 'w').write('x')\n    return os.listdir('.') == ['a'] == os.listdir('~')\n"
    ).replace("'~'", "os.path.expanduser('~')")
    assert _run(text, Call("f", ())).outcomes == (Returned(True),)


def test_what_is_not_there_is_said_so():
    (outcome,) = _run("", Call("f", ())).outcomes
    assert outcome.trouble == Trouble("NameError", "name 'f' is not defined")


def test_all_calls_together_have_a_limit():
    text = "import time\ndef f():\n    time.sleep(0.4)"
    began = time.monotonic()
    ran = _run(text, *[Call("f", ())] * 50, limits=Limits(file_seconds=1.5))
    assert time.monotonic() - began < 5
    assert ran.outcomes[0] == Returned(None)
    assert ran.outcomes[-1] == TimedOut()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of it")
def test_the_protection_is_named(way):
    on = set(_run("", Call("f", ())).protection)
    assert on >= {"cpu", "files", "memory", "network", "output", "processes", "time"}
    assert ("filesystem" in on) == (way != "bare")


def test_a_required_sandbox_is_had_or_refused(way):
    if way == "bare":
        with pytest.raises(SandboxError, match="cannot be kept from the network"):
            _run("", require_sandbox=True)
    else:
        assert "filesystem" in _run("", require_sandbox=True).protection


def test_what_does_not_work_here_is_passed_over(monkeypatch):
    monkeypatch.setattr(process, "_refused", set())
    monkeypatch.setattr(view, "bubblewrap", lambda _: ["false"])
    monkeypatch.setattr(command.shutil, "which", lambda _: "bwrap")
    monkeypatch.setattr(view, "view", lambda: {"binds": [["/nowhere", "/x"]], "links": []})
    monkeypatch.setattr(view, "openable", lambda: {"readable": ["/nowhere"], "listed": []})
    ran = _run("def f(): return 1", Call("f", ()))
    assert ran.outcomes == (Returned(1),)
    assert "filesystem" not in ran.protection


def test_nothing_is_left_behind(way, tmp_path, monkeypatch):
    monkeypatch.setattr(process.tempfile, "tempdir", str(tmp_path))
    _run("import os\nos.mkdir('a')\nopen('a/b', 'w').close()", Call("f", ()))
    assert list(Path(tmp_path).iterdir()) == []
