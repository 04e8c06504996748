"""What the planner chooses, and what engines say of it."""

import json
import re

import pytest

import stridewise
from stridewise import explain_conv1d, explain_conv2d, explain_conv3d
from stridewise.benchmark.problem import ConvProblem
from stridewise.benchmark.shapes import own_shapes
from stridewise.engines import use_engine
from stridewise.engines.explanation import Explanation
from stridewise.errors import DtypeError, OptionError, ShapeError, StridewiseError
from tests.engines.compiled.processes import run_python

# Nothing is computed here, so nothing has to be compiled: that would take a minute.
pytestmark = pytest.mark.usefixtures("nothing_compiled")

EXPLAIN = {1: explain_conv1d, 2: explain_conv2d, 3: explain_conv3d}
STEPS = ["forward", "gradient by x", "gradient by weight"]
ENGINES = pytest.mark.parametrize("engine_name", ["loops", "numpy", "compiled"])

WINOGRAD, DIRECT, GROUPS = "Winograd's filtering", "direct sum in register tiles", "vectors across"
# x, weight, options, and what the three steps begin with
CHOICES = {
    "ResNet's 3×3": ((8, 28, 28, 128), (3, 3, 128, 128), {"padding": 1}, [WINOGRAD] * 3),
    "VGG's 3×3": ((1, 112, 112, 128), (3, 3, 128, 128), {"padding": "same"}, [WINOGRAD] * 3),
    "an image": ((1, 224, 224, 3), (3, 3, 3, 64), {"padding": 1}, [DIRECT] * 3),
    "ResNet's first": ((1, 224, 224, 3), (7, 7, 3, 64), {"stride": 2, "padding": 3}, [DIRECT] * 3),
    "one by one": ((8, 56, 56, 64), (1, 1, 64, 256), {}, [DIRECT] * 3),
    "with a stride": ((8, 28, 28, 64), (3, 3, 64, 64), {"stride": 2, "padding": 1}, [DIRECT] * 3),
    "dilated": ((8, 28, 28, 64), (3, 3, 64, 64), {"dilation": 2, "padding": 2}, [DIRECT] * 3),
    "wide groups": ((8, 28, 28, 128), (3, 3, 32, 128), {"groups": 4, "padding": 1}, [DIRECT] * 3),
    "depthwise": ((8, 28, 28, 96), (3, 3, 1, 96), {"groups": 96, "padding": 1}, [GROUPS] * 3),
    "ResNeXt's": ((8, 28, 28, 128), (3, 3, 4, 128), {"groups": 32, "padding": 1}, [GROUPS] * 3),
    "float64": ((8, 28, 28, 64), (3, 3, 64, 64), {"padding": 1, "dtype": "float64"}, [DIRECT] * 3),
    "one pixel": ((1, 1, 1, 32), (1, 1, 32, 32), {}, [DIRECT] * 3),
    "rank 1": ((2, 500, 64), (3, 64, 64), {"padding": 1}, [DIRECT] * 3),
    "planes": ((1, 8, 32, 32, 64), (1, 3, 3, 64, 64), {"padding": (0, 1, 1)}, [WINOGRAD] * 3),
    "volumes": ((1, 8, 32, 32, 64), (3, 3, 3, 64, 64), {"padding": 1}, [DIRECT] * 3),
}


def explained(name):
    x_shape, weight_shape, options, _ = CHOICES[name]
    return EXPLAIN[len(x_shape) - 2](x_shape, weight_shape, **options)


@pytest.mark.parametrize("name", CHOICES)
def test_choices(name):
    said = explained(name)
    assert [step.name for step in said.steps] == STEPS
    for step, beginning in zip(said.steps, CHOICES[name][3], strict=True):
        assert step.algorithm.startswith(beginning), step
        assert step.reason
        if step.share_of_peak is not None:
            assert 0 < step.share_of_peak < 5
    assert explained(name) == said


@ENGINES
@pytest.mark.parametrize("name", ["ResNet's 3×3", "rank 1", "depthwise", "volumes"])
def test_every_engine_explains(engine_name, name):
    x_shape, weight_shape, *_ = CHOICES[name]
    with use_engine(engine_name):
        said = explained(name)
    assert isinstance(said, Explanation)
    assert said.engine == engine_name
    assert said.problem.startswith(f"x {x_shape}, weight {weight_shape}")
    assert [step.name for step in said.steps] == STEPS
    assert len({step.multiply_adds for step in said.steps}) == 1
    assert all(step.workspace >= 0 for step in said.steps)
    lines = str(said).splitlines()
    assert len(lines) == 7
    assert f"engine {engine_name}" in lines[0]
    assert all(step.algorithm in line for step, line in zip(said.steps, lines[1::2], strict=True))


def test_multiply_adds_are_those_of_the_definition():
    said = explain_conv2d((2, 9, 8, 6), (3, 2, 3, 10), stride=2, padding=1, groups=2)
    assert {step.multiply_adds for step in said.steps} == {2 * (5 * 5) * (3 * 2 * 3) * 10}


def test_the_sentence_says_what_is_unusual():
    said = explain_conv2d((1, 9, 9, 4), (3, 3, 2, 6), stride=2, groups=2, dtype="float64")
    assert said.problem == "x (1, 9, 9, 4), weight (3, 3, 2, 6), stride=2, groups=2, float64"


def test_why_not():
    """An obstacle is named, and where there is none, a number."""
    shapes = (8, 28, 28, 64), (3, 3, 64, 64)
    reasons = {
        "not a kernel of 3×3 at stride 1": explain_conv2d(*shapes, stride=2),
        "float64 is wanted for its digits": explain_conv2d(*shapes, dtype="float64"),
        "fewer than 16 channels": explain_conv2d((8, 28, 28, 8), (3, 3, 8, 64)),
        "several groups": explain_conv2d((8, 28, 28, 64), (3, 3, 32, 64), groups=2),
    }
    for reason, said in reasons.items():
        assert said.steps[0].reason == reason
    small = explain_conv2d((1, 4, 4, 16), (3, 3, 16, 16))
    assert all(re.search(r"\d times the speed", step.reason) for step in small.steps)


def test_a_gradient_of_phases():
    said = explain_conv2d((1, 20, 20, 32), (3, 3, 32, 32), stride=(2, 3))
    assert said.steps[1].algorithm.endswith("in 6 phases")


def test_an_input_that_no_window_meets():
    said = explain_conv2d((1, 2, 1, 4), (1, 1, 4, 4), stride=9, padding=((1, 7), (1, 8)))
    assert len(said.steps) == 3


def test_an_empty_batch():
    said = explain_conv2d((0, 9, 9, 4), (3, 3, 4, 6))
    assert {step.multiply_adds for step in said.steps} == {0}


WRONG = {
    "x_shape of another rank": (
        lambda: explain_conv2d((1, 9, 4), (3, 3, 4, 6)),
        ShapeError,
        "explain_conv2d: `x` has the wrong number of axes",
    ),
    "a shape that is an array": (
        lambda: explain_conv2d([[1.0]], (3, 3, 4, 6)),
        ShapeError,
        r"(?s)`x_shape` is no shape.*array\.shape",
    ),
    "a negative size": (
        lambda: explain_conv2d((1, 9, 9, 4), (3, 3, 4, -6)),
        ShapeError,
        "`weight_shape` is no shape",
    ),
    "a size that is no integer": (
        lambda: explain_conv1d((1, 9, 4.5), (3, 4, 6)),
        ShapeError,
        "explain_conv1d: `x_shape` is no shape",
    ),
    "channels that do not fit": (
        lambda: explain_conv2d((1, 9, 9, 4), (3, 3, 5, 6)),
        ShapeError,
        "explain_conv2d: .*channels",
    ),
    "a kernel that does not fit": (
        lambda: explain_conv3d((1, 2, 9, 9, 4), (3, 3, 3, 4, 6)),
        ShapeError,
        "explain_conv3d: `kernel_size` does not fit",
    ),
    "an option": (
        lambda: explain_conv2d((1, 9, 9, 4), (3, 3, 4, 6), stride=0),
        OptionError,
        "explain_conv2d: `stride`",
    ),
    "float16": (
        lambda: explain_conv2d((1, 9, 9, 4), (3, 3, 4, 6), dtype="float16"),
        DtypeError,
        "(?s)explain_conv2d: .*other dtypes.*float32, also for float16",
    ),
    "no dtype": (
        lambda: explain_conv2d((1, 9, 9, 4), (3, 3, 4, 6), dtype="fast"),
        DtypeError,
        "dtype='fast'",
    ),
}


@ENGINES
@pytest.mark.parametrize("name", WRONG)
def test_errors(engine_name, name):
    call, kind, said = WRONG[name]
    with use_engine(engine_name), pytest.raises(kind, match=said) as caught:
        call()
    assert isinstance(caught.value, StridewiseError)


# Two processes of their own: what is remembered cannot make them alike.
TABLE = """
import json
import stridewise
from stridewise.benchmark.problem import ConvProblem
from stridewise.benchmark.shapes import own_shapes
from stridewise.engines import use_engine
from stridewise.engines.compiled.code import compiler

compiler._address = lambda *given: 0
stridewise.set_num_threads(2)
found = []
for row in own_shapes():
    if isinstance(row, ConvProblem):
        explain = getattr(stridewise, f"explain_conv{len(row.size)}d")
        shapes = (row.N, *row.size, row.C_in), (*row.kernel, row.C_in // row.groups, row.C_out)
        options = {n: getattr(row, n) for n in ("stride", "padding", "dilation", "groups")}
        with use_engine("compiled"):
            said = explain(*shapes, **options)
        found.append([[step.algorithm, step.workspace, step.share_of_peak] for step in said.steps])
print(json.dumps(found))
"""


def test_every_row_of_the_benchmark():
    """Its shapes are those of networks: all can be explained, in bounded memory, twice alike."""
    rows = [row for row in own_shapes() if isinstance(row, ConvProblem)]
    found, again = (json.loads(run_python("-c", TABLE)) for _ in range(2))
    assert found == again
    assert len(found) == len(rows) > 80
    steps = [step for row in found for step in row]
    assert max(workspace for _, workspace, _ in steps) <= 32 * 2**20
    assert all(share is None or 0 < share < 5 for _, _, share in steps)
    assert {algorithm.split()[0] for algorithm, *_ in steps} == {"Winograd's", "direct", "vectors"}
    for row, (forward, *_) in zip(rows, found, strict=True):
        filtered = set(row.kernel) == {3} and set(row.stride) == set(row.dilation) == {1}
        if len(row.size) == 2 and filtered and min(row.C_in, row.C_out) >= 64 and row.groups == 1:
            assert forward[0].startswith(WINOGRAD), row


def test_it_is_public():
    assert {"explain_conv1d", "explain_conv2d", "explain_conv3d"} <= set(stridewise.__all__)
