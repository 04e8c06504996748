"""``check(conv_forward)``: the learner's own functions, in their own process."""

import contextlib
import signal
import subprocess
import sys

import numpy as np
import pytest

from stridewise import notebook
from stridewise.checker import check
from stridewise.errors import OptionError, OptionTypeError


def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="edge")


def conv_single_step(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W)


def conv_forward(A_prev, W, b, hparameters):
    stride, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    A_pad = zero_pad(A_prev, pad)
    n_H = (A_prev.shape[1] - f + 2 * pad) // stride + 1
    n_W = (A_prev.shape[2] - f + 2 * pad) // stride + 1
    Z = np.zeros((len(A_prev), n_H, n_W, W.shape[3]))
    for i, h, w, c in np.ndindex(Z.shape):
        vert, horiz = h * stride, w * stride
        a = A_pad[i, vert : vert + f, horiz : horiz + f]
        Z[i, h, w, c] = conv_single_step(a, W[..., c], b[..., c])
    return Z, (A_prev, W, b, hparameters)


def test_helpers_are_not_blamed_on_whom_calls_them():
    found = check(conv_forward, zero_pad, conv_single_step).functions
    assert found["conv_forward"].status == "passed"
    assert found["zero_pad"].mistakes[0].id == "pads-with-other-value"
    assert found["conv_single_step"].mistakes[0].id == "bias-missing"
    assert (
        conv_forward(
            np.ones((1, 2, 2, 1)),
            np.ones((1, 1, 1, 1)),
            np.ones((1, 1, 1, 1)),
            {"stride": 1, "pad": 0},
        )[0].sum()
        == 4
    )  # the learner's own helpers are back in their places


def test_the_line_is_the_learners():
    (mistake,) = check(zero_pad).functions["zero_pad"].mistakes
    assert mistake.line == 17


def test_how_it_is_shown():
    found = check(conv_single_step, lang="en", hints=0)
    page, text = found._repr_html_(), repr(found)
    assert "<code>conv_single_step</code> failed" in page
    assert text.startswith("conv_single_step: failed\n  The bias")
    assert "<script" not in page
    assert repr(check(conv_single_step, lang="zh")) != text


def test_it_has_pictures_and_folded_hints():
    page = check(conv_single_step, hints=2)._repr_html_()
    assert "with the bias 0.75 that is 0.7325." in page
    assert page.count("<details><summary>Hint") == 2
    assert "加上偏置 0.75 得 0.7325" in check(conv_single_step, lang="zh")._repr_html_()
    assert "未通过" in check(conv_single_step, lang="zh")._repr_html_()


def test_the_explorer_opens_at_the_first_wrong_element():
    def pool_forward(A_prev, hparameters, mode="max"):
        A, cache = notebook.pool_forward(A_prev, hparameters, mode)
        A[0, 1, 1, 0] += 1
        return A, cache

    found = check(pool_forward, conv_single_step, zero_pad)
    shown = found.explore("pool_forward")
    assert shown.trace.document["nodes"][0]["window"]["kernel"] == [2, 2]
    page = getattr(shown, "_frame", None) or shown.page
    assert "cell=1,1" in page
    with pytest.raises(OptionError, match="no wrong number of a window") as refused:
        found.explore("zero_pad")
    assert "conv_single_step | pool_forward" in str(refused.value)
    with pytest.raises(OptionError, match="no wrong number of a window"):
        found.explore("conv_forward")


def test_an_exception_shows_their_own_line():
    def distribute_value(dz, shape):
        return dz / missing  # noqa: F821

    result = check(distribute_value).functions["distribute_value"]
    assert (result.status, result.error.type) == ("error", "NameError")
    assert [line for _, line in result.error.lines] == ["return dz / missing  # noqa: F821"]


def test_helpers_are_right_for_whatever_it_calls():
    notebook = {"np": np}
    exec(
        "def zero_pad(X, pad): return X\n"
        "def prepared(X, pad): return zero_pad(X, pad)\n"
        "def conv_backward(dZ, cache): return prepared(cache[0], cache[3]['pad']).shape",
        notebook,
    )
    got = check(notebook["conv_backward"]).functions["conv_backward"].first_wrong.got
    assert got != "a tuple of 4"
    assert notebook["zero_pad"](7, 1) == 7  # the learner's own is back


@pytest.mark.parametrize(
    "body",
    ["yield x", "raise Silent", "x.shape = x.size; return x", "return 10**400", "return 1j"],
)
def test_whatever_it_returns_is_an_answer(body):
    notebook = {}
    text = (
        "class Silent(Exception):\n    def __str__(self): raise self\n"
        f"def create_mask_from_window(x):\n    {body}"
    )
    exec(text, notebook)
    checked = check(notebook["create_mask_from_window"])
    assert checked.functions["create_mask_from_window"].status in ("failed", "error")
    assert "create_mask_from_window" in checked._repr_html_()


def test_what_never_comes_back_is_stopped_once(monkeypatch):
    monkeypatch.setattr("stridewise.checker.notebook._SECONDS", 0.05)
    calls = []

    def distribute_value(dz, shape):
        calls.append(shape)
        while True:
            with contextlib.suppress(Exception):
                len(calls)

    found = check(distribute_value).functions["distribute_value"]
    assert (found.status, len(calls)) == ("timeout", 1)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def test_nothing_to_check_is_said():
    with pytest.raises(OptionError, match="nothing to check"):
        check()


@pytest.mark.parametrize("option", [{"lang": "fr"}, {"hints": 3}])
def test_options_are_refused_before_anything_is_run(option):
    def distribute_value(dz, shape):
        raise AssertionError

    with pytest.raises(OptionError, match=next(iter(option.values())) if "lang" in option else "3"):
        check(distribute_value, **option)


def test_what_is_no_function_of_the_exercise():
    with pytest.raises(OptionTypeError, match="not a function"):
        check(3)
    with pytest.raises(OptionError, match="no function of this name"):
        check(test_how_it_is_shown)


def test_it_needs_numpy_alone():
    code = "import sys\nfor name in ('rich', 'typer', 'jinja2'): sys.modules[name] = None\n"
    code += "from stridewise.checker import check\n"
    code += "def distribute_value(dz, shape): return dz\n"
    code += "print(repr(check(distribute_value)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("distribute_value: failed")
