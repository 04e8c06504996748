"""``check(conv_forward)``: the learner's own functions, in their own process."""

import subprocess
import sys

import numpy as np
import pytest

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
    assert mistake.line == 14


def test_how_it_is_shown():
    found = check(conv_single_step, lang="en", hints=0)
    page, text = found._repr_html_(), repr(found)
    assert "<code>conv_single_step</code> failed" in page
    assert text.startswith("conv_single_step: failed\n  The bias")
    assert "<script" not in page
    assert repr(check(conv_single_step, lang="zh")) != text


def test_an_exception_shows_their_own_line():
    def distribute_value(dz, shape):
        return dz / missing  # noqa: F821

    result = check(distribute_value).functions["distribute_value"]
    assert (result.status, result.error.type) == ("error", "NameError")
    assert [line for _, line in result.error.lines] == ["return dz / missing  # noqa: F821"]


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
