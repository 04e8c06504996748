"""A whole file: functions alone and together, whatever is missing or broken."""

import json
from pathlib import Path

import pytest

from stridewise.checker import check_file
from stridewise.checker.exercises import COURSE
from stridewise.checker.report import as_json
from stridewise.errors import DataError

PROGRAM = """
import numpy as np

def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))

def conv_single_step(a_slice_prev, W, b):
    return float(np.sum(a_slice_prev * W + b))

def conv_forward(A_prev, W, b, hparameters):
    stride, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    A_pad = zero_pad(A_prev, pad)
    n_H = (A_prev.shape[1] - f + 2 * pad) // stride + 1
    n_W = (A_prev.shape[2] - f + 2 * pad) // stride + 1
    Z = np.zeros((len(A_prev), n_H, n_W, W.shape[3]))
    for i, h, w, c in np.ndindex(Z.shape):
        vert_start, horiz_start = h * stride, w * stride
        a = A_pad[i, vert_start:vert_start + f, horiz_start:horiz_start + f]
        Z[i, h, w, c] = conv_single_step(a, W[..., c], b[..., c])
    return Z, (A_prev, W, b, hparameters)

def create_mask_from_window(x):
    while True:
        pass

def distribute_value(dz, shape):
    return np.full(shape, dz / len(shape) / missing)
"""


@pytest.fixture
def written(tmp_path):
    def write(text, name="mine.py"):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / name

    return write


def test_one_of_everything(written):
    result = check_file(written(PROGRAM))
    statuses = {name: each.status for name, each in result.functions.items()}
    assert statuses == {
        "zero_pad": "passed",
        "conv_single_step": "failed",
        "conv_forward": "passed",
        "conv_backward": "missing",
        "pool_forward": "missing",
        "create_mask_from_window": "timeout",
        "distribute_value": "error",
        "pool_backward": "missing",
    }
    assert result.functions["conv_forward"].blamed == ("conv_single_step",)
    (mistake,) = result.functions["conv_single_step"].mistakes
    assert (mistake.id, mistake.line) == ("bias-per-element", 8)
    error = result.functions["distribute_value"].error
    assert (error.type, error.lines[-1][0]) == ("NameError", 27)
    assert "time" in result.protection
    found = json.loads(as_json([result], "en", 0))
    assert found["summary"] == {"passed": 2, "failed": 6, "score": 0.25}
    assert found["functions"]["conv_single_step"]["mistakes"][0]["id"] == "bias-per-element"


def test_two_mistakes_at_once(written):
    text = PROGRAM.replace("h * stride, w * stride", "h, w").replace("b[..., c])", "b[..., 0])")
    found = check_file(written(text)).functions["conv_forward"]
    assert {each.id for each in found.mistakes} == {"stride-ignored", "first-bias-only"}
    assert {each.id: each.line for each in found.mistakes}["stride-ignored"] == 17


def test_a_notebook(written):
    cells = [
        {"cell_type": "markdown", "source": "def zero_pad"},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np"]},
        {"cell_type": "code", "source": "def zero_pad(X, pad):\n    return np.pad(X, pad)"},
    ]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    result = check_file(written(text, "mine.ipynb"))
    (mistake,) = result.functions["zero_pad"].mistakes
    assert (mistake.id, mistake.cell, mistake.line) == ("pads-every-axis", 2, 2)


def test_a_notebook_that_breaks_off(written):
    sources = ["import numpy as np", "x = 1\n\ndef zero_pad(X, pad):\n    y = X\n    return y / no"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    error = check_file(written(text, "mine.ipynb")).functions["zero_pad"].error
    assert (error.lines, error.cells) == (((5, "return y / no"),), (2,))


def test_what_fails_outside_of_a_function_is_no_mistake_in_it(written):
    text = "np.dot(np.ones(2), np.ones(3))\nimport nowhere_at_all\n"  # shapes are not aligned
    functions = check_file(written(PROGRAM + text)).functions
    assert functions == check_file(written(PROGRAM)).functions
    functions = check_file(written(text + PROGRAM)).functions
    assert functions["zero_pad"].status == "passed"


def test_a_function_that_was_never_defined_says_why(written):
    text = "import numpy as np\nwith open('data.h5') as file:\n    def zero_pad(X, pad): ..."
    text = text.replace("...", "return X")
    found = check_file(written(text)).functions["zero_pad"]
    assert (found.status, found.mistakes, found.error.type) == ("error", (), "NameError")
    assert "FileNotFoundError" in found.error.message


def test_what_raises_says_for_which_input(written):
    text = (
        PROGRAM
        + """
def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
    X_pad[:, pad:-pad, pad:-pad] = X
    return X_pad
"""
    )
    found = check_file(written(text)).functions["zero_pad"]
    assert (found.status, found.mistakes, found.first_wrong) == ("error", (), None)
    assert found.error.input == "X (1, 2, 3, 2), pad = 0"


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"functions": ["zero_pad", "nonsense"]}, ["zero_pad"]),
        ({"functions": ["nonsense"]}, None),
        ({"functions": "zero_pad"}, None),
        ({"functions": [["zero_pad"]]}, None),
        (["zero_pad"], None),
    ],
)
def test_a_notebook_may_say_what_it_asks_for(written, says, told):
    cells = [{"cell_type": "code", "source": PROGRAM}]
    about = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"stridewise": says}, "cells": cells}
    path = written(json.dumps(about), "mine.ipynb")
    assert list(check_file(path).functions) == (told or list(COURSE.functions))
    assert list(check_file(path, functions=["conv_forward"]).functions) == ["conv_forward"]


def test_what_is_no_program(written):
    with pytest.raises(DataError, match="not Python"):
        check_file(written("def zero_pad(:"))
    with pytest.raises(DataError):
        check_file(Path("nowhere.py"))


def test_nothing_of_the_exercise(written):
    result = check_file(written("x = 1"))
    assert {each.status for each in result.functions.values()} == {"missing"}
