"""The catalogue against itself, and against programs that were written without it."""

from pathlib import Path

import numpy as np
import pytest

from stridewise import notebook
from stridewise.checker.comparing import SINGLE, first_difference, same
from stridewise.checker.diagnosis import Failed, Outcome, diagnose
from stridewise.checker.exercises import COMPACT, COURSE, EXERCISES
from stridewise.checker.locating import line_of
from stridewise.checker.replaying import replayed
from stridewise.checker.results import Trouble
from stridewise.checker.self_test import self_test
from stridewise.checker.words import LANGUAGES, convention, message
from stridewise.notebook import compact


def nowhere(_):
    return None


def outcomes_of(name, function, exercise=COURSE):
    """What comes of a function on the probes of another's name."""
    found = []
    for probe in exercise.probes(name):
        try:
            found.append(Outcome(function(*probe.arguments, **probe.keywords)))
        except Exception as error:
            found.append(Outcome(failed=Failed("error", Trouble(type(error).__name__, str(error)))))
    return found


def diagnosed(name, function, exercise=COURSE):
    return diagnose(name, outcomes_of(name, function, exercise), nowhere, exercise)


FUNCTIONS = [(each, name) for each in EXERCISES.values() for name in each.functions]
IDS = [f"{exercise.name}-{name}" for exercise, name in FUNCTIONS]
LIBRARY = {COURSE: notebook, COMPACT: compact}


@pytest.fixture(scope="module")
def score():
    return self_test()


def test_every_wrong_implementation_is_detected(score):
    assert score.singles >= 100
    assert score.pairs >= 200
    assert score.detected == score.total


def test_no_mistake_is_named_that_is_not_there(score):
    assert score.misnamed == ()


def test_the_readme_says_the_score(score):
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    said = f"of {score.singles} wrong\nimplementations and {score.pairs:,} pairs of mistakes"
    assert said in readme
    assert f"{100 * score.named / score.total:.1f} % are named in full" in readme
    assert f"(in {score.hidden} pairs one mistake hides the other)" in readme


def test_nearly_all_are_named(score):
    assert score.hidden < 0.06 * score.total
    assert score.named >= 0.98 * (score.total - score.hidden)


@pytest.mark.parametrize(("exercise", "name"), FUNCTIONS, ids=IDS)
def test_the_library_itself_passes(exercise, name):
    result = diagnosed(name, getattr(LIBRARY[exercise], name), exercise)
    assert (result.status, result.mistakes) == ("passed", ())


@pytest.mark.parametrize(("exercise", "name"), FUNCTIONS, ids=IDS)
def test_every_single_mistake_is_named_alone(exercise, name):
    parts = exercise.functions[name]
    for wrong in parts:
        for number, mistake in enumerate(wrong.recipe.mistakes):
            outcomes = []
            for part in parts:  # the others are right
                for probe in range(len(part.probes)):
                    replay = replayed(part, (mistake,) if part is wrong else (), probe)
                    failed = Failed("error", Trouble(replay.raised, "")) if replay.raised else None
                    outcomes.append(Outcome(replay.value, failed=failed))
            found = {each.id for each in diagnose(name, outcomes, nowhere, exercise).mistakes}
            assert found == {mistake.id}, (number, mistake.id)


def test_every_id_has_words():
    for exercise, name in FUNCTIONS:
        for recipe in (part.recipe for part in exercise.functions[name]):
            for lang in LANGUAGES:
                assert all(message(each.id, lang) for each in recipe.mistakes)
                assert all(convention(each.id, lang) for each in recipe.conventions)


def test_a_mistake_of_no_catalogue_is_not_recognised():
    result = diagnosed("zero_pad", lambda X, pad: np.pad(X, 1) if pad == 1 else X * 2)
    assert [each.id for each in result.mistakes] == ["not-recognised"]
    assert result.status == "failed"
    assert result.first_wrong.input.startswith("X (2, 3, 4, 2), pad = 1")


def test_the_first_wrong_element():
    def distribute_value(dz, shape):
        found = np.full(shape, dz / (shape[0] * shape[1]))
        found[-1, -1] += 1
        return found

    wrong = diagnosed("distribute_value", distribute_value).first_wrong
    assert (wrong.result, wrong.index) == ("a", (1, 1))
    assert (wrong.expected, wrong.got) == (0.5, 1.5)


@pytest.mark.parametrize(
    ("mask", "found"),
    [
        (lambda x: x == x.max(), ()),
        (lambda x: np.arange(x.size).reshape(x.shape) == x.argmax(), ("ties-first",)),
        (lambda x: (x == x.max()) / (x == x.max()).sum(), ("ties-shared",)),
    ],
)
def test_what_is_done_with_ties_is_a_choice(mask, found):
    result = diagnosed("create_mask_from_window", mask)
    assert (result.status, result.conventions) == ("passed", found)


def test_float32_and_arrays_of_no_axes_are_choices():
    right = notebook.conv_single_step
    assert diagnosed("conv_single_step", lambda a, W, b: np.float32(right(a, W, b))).status == (
        "passed"
    )
    result = diagnosed("conv_single_step", lambda a, W, b: np.array(right(a, W, b)))
    assert (result.status, result.conventions) == ("passed", ("scalar-array",))


def test_what_writes_to_its_input():
    outcomes = [Outcome(o.value, changed=True) for o in outcomes_of("zero_pad", notebook.zero_pad)]
    result = diagnose("zero_pad", outcomes, nowhere)
    assert (result.status, result.mistakes[0].id) == ("failed", "writes-to-input")


def test_what_returns_nothing():
    result = diagnosed("zero_pad", lambda X, pad: None)
    assert [each.id for each in result.mistakes] == ["returns-nothing"]


def test_what_always_raises():
    result = diagnosed("zero_pad", lambda X, pad: 1 / 0)
    assert (result.status, result.error.type, result.mistakes) == ("error", "ZeroDivisionError", ())


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("return np.sum(a * W) + float(b)", "bias-not-scalar"),
        ("Z[i, h, w, c] = np.sum(a * W) + b[..., c]", "bias-not-scalar"),
        ("Z[i, h, w, c] = a * W + b[0, 0, 0, c]", "array-not-number"),
        ("return float(a * W) + b.item()", "array-not-number"),
        ("Z[i, h, w, c] = z", "array-not-number"),
    ],
)
def test_an_exception_that_says_which_mistake_it_is(line, mistake):
    message = "only 0-dimensional arrays can be converted to Python scalars"
    failed = Outcome(failed=Failed("error", Trouble("TypeError", message, ((7, line),))))
    result = diagnose("conv_single_step", [failed] * 3, nowhere)
    assert [each.id for each in result.mistakes] == [mistake]


def test_what_takes_too_long():
    late = Outcome(failed=Failed("timeout", Trouble("TimeoutError", "")))
    assert diagnose("zero_pad", [late, late, late], nowhere).status == "timeout"


@pytest.mark.parametrize(
    ("got", "expected", "alike"),
    [
        (np.ones(2), np.ones((2, 1)), False),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1.0]), np.array([True]), False),
        ((1.0, {"f": 2}), (1.0, {"f": 2}), True),
        ((1.0, {"f": 2}), (1.0, {"stride": 2}), False),
        ("text", 1.0, False),
        (1 + 1e-12, 1.0, True),
        (1 + 1e-4, 1.0, False),
        (np.float32(1 + 1e-6), 1.0, False),
    ],
)
def test_what_is_the_same(got, expected, alike):
    assert same(got, expected) is alike


def test_what_is_the_same_in_float32():
    assert same(np.float32(1 + 1e-6), 1.0, SINGLE)
    assert not same(np.float32(1 + 1e-3), 1.0, SINGLE)


def test_a_result_of_another_kind():
    assert first_difference("x", ("Z", "cache"), 1.0, (1.0, 2.0)).expected == "tuple (2)"
    found = first_difference("x", ("Z",), np.ones((2, 3)), np.ones((3, 2)))
    assert (found.expected, found.got) == ("array (3, 2)", "array (2, 3)")
    inside = first_difference("x", ("Z", "cache"), (1.0, (np.ones(3), 2)), (1.0, (np.ones(2), 2)))
    assert inside.result == "cache[0]"


def test_the_line_of_a_mistake():
    lines = {4: "def conv_forward(A, W, b, hp):", 5: "    n_H = 3", 6: "    vert_start = h  # *"}
    assert line_of("stride-ignored", lines) == 6
    assert line_of("size-formula", lines) == 5
    assert line_of("not-recognised", lines) is None
    assert line_of("crop-at-pad-zero", lines) is None
