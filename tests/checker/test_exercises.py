"""Which of the two exercises a program is of, and what is particular to the compact one."""

import numpy as np
import pytest

from stridewise.checker import check, check_file
from stridewise.checker.diagnosis import Outcome, diagnose
from stridewise.checker.exercises import COMPACT, COURSE, EXERCISES, exercise_of
from stridewise.checker.sandbox import right_functions
from stridewise.errors import OptionError
from stridewise.notebook import compact


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ((), "course"),
        (("helper", "main"), "course"),
        (("pool_backward", "distribute_value"), "course"),
        (("forward",), "compact"),
        (("padding", "conv_slice", "distribute_value"), "compact"),
        (("max_mask", "pool_backward"), "compact"),
        (("conv_forward", "forward", "backward", "padding"), "course"),
        ((*COURSE.functions, *COMPACT.functions), "course"),
    ],
)
def test_names_tell_the_exercise(written, name):
    assert exercise_of(written).name == name


def test_helpers_are_functions_of_their_exercise_and_have_a_right_version():
    for exercise in EXERCISES.values():
        for name, helpers in exercise.helpers.items():
            assert {name, *helpers} <= exercise.functions.keys()
            assert set(helpers) <= set(right_functions.__all__)


def outcomes_of(name, function):
    return [Outcome(function(*probe.arguments)) for probe in COMPACT.probes(name)]


def mistakes_of(name, function):
    result = diagnose(name, outcomes_of(name, function), lambda _: None, COMPACT)
    return [each.id for each in result.mistakes]


def test_mistakes_in_two_modes_are_both_named():
    def forward(X, W, b, pad, stride, f, mode):
        Z, cache = compact.forward(X, W, 0 * b, pad, stride, f, mode)
        if mode == "avepool":
            Z = Z * f**2
        return Z, (*cache[:2], b, *cache[3:])

    assert mistakes_of("forward", forward) == ["bias-missing", "sum-not-mean"]


def test_nothing_is_named_while_one_mode_is_not_understood():
    def forward(X, W, b, pad, stride, f, mode):
        Z, cache = compact.forward(X, W, 0 * b, pad, stride, f, mode)
        return (Z if mode == "conv" else Z + 17), (*cache[:2], b, *cache[3:])

    assert mistakes_of("forward", forward) == ["not-recognised"]


def test_zeros_may_not_win_in_max_pooling():
    def forward(X, W, b, pad, stride, f, mode):
        frame = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        if mode == "conv":
            return compact.forward(X, W, b, pad, stride, f)
        return compact.forward(frame, W, b, 0, stride, f, mode)[0], (X, W, b, pad, stride, f)

    assert mistakes_of("forward", forward) == ["pads-zero-in-max"]


def test_a_program_of_the_compact_variant(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "def max_mask(x):\n"
        "    return x == x.min()\n"
        "def pool_backward(dA, cache, mode='max'):\n"
        "    X, W, b, pad, stride, f = cache\n"
        "    side = ((0, 0), (pad, pad), (pad, pad), (0, 0))\n"
        "    P = np.pad(X, side, constant_values=-np.inf)\n"
        "    dP = np.zeros(P.shape)\n"
        "    for i, h, w, c in np.ndindex(dA.shape):\n"
        "        at = i, slice(h * stride, h * stride + f), slice(w * stride, w * stride + f), c\n"
        "        if mode == 'max':\n"
        "            dP[at] += max_mask(P[at]) * dA[i, h, w, c]\n"
        "        else:\n"
        "            dP[at] += dA[i, h, w, c] / (f * f)\n"
        "    return dP[:, pad:pad + X.shape[1], pad:pad + X.shape[2]]\n",
        "utf-8",
    )
    functions = check_file(tmp_path / "mine.py").functions
    assert functions.keys() == COMPACT.functions.keys()
    assert functions["max_mask"].mistakes[0].id == "mask-of-minimum"
    assert functions["pool_backward"].status == "passed"  # with a right helper
    assert functions["pool_backward"].blamed == ("max_mask",)
    assert functions["forward"].status == "missing"


def test_what_is_not_written_yet_tells_the_exercise_too(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def conv_backward(dZ, cache): ...\ndef forward(x): return x\n")
    functions = check_file(path).functions
    assert list(functions) == list(COURSE.functions)
    assert functions["conv_backward"].status == "missing"


def test_only_some_functions_are_told_of(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def distribute_value(dz, shape): return dz\n")
    told = check_file(path, functions=["distribute_value", "zero_pad"])
    assert {name: each.status for name, each in told.functions.items()} == {
        "zero_pad": "missing",
        "distribute_value": "failed",
    }
    assert told.summary == {"passed": 0, "failed": 2, "score": 0.0}


def test_of_names_that_both_have_the_program_tells_the_exercise(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "def padding(X, pad): ...\ndef pool_backward(dA, cache, mode): return cache[5]\n"
    )
    told = check_file(path, functions=["pool_backward"]).functions["pool_backward"]
    assert told.status == "failed"  # the course's cache would have no sixth element
    assert list(check_file(path, functions=["zero_pad"]).functions) == ["zero_pad"]


def test_in_a_notebook_the_names_or_the_option_tell():
    def pool_backward(dA, cache, mode="max"):
        return compact.pool_backward(dA, cache, mode)

    def max_mask(x):
        return x == np.max(x)

    assert check(pool_backward).functions["pool_backward"].status == "error"
    for found in (check(pool_backward, max_mask), check(pool_backward, exercise="compact")):
        assert found.functions["pool_backward"].status == "passed"
    with pytest.raises(OptionError, match="no function of this name"):
        check(max_mask, exercise="course")
    with pytest.raises(OptionError, match="no exercise of this name"):
        check(max_mask, exercise="short")
