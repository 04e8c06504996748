"""What is kept of a learner's result: the numbers around an element, and the window read."""

import json

import numpy as np
import pytest

from stridewise.checker.catalogue import RECIPES
from stridewise.checker.diagnosis import Failed, Outcome, diagnose
from stridewise.checker.evidence import window_read
from stridewise.checker.exercises import COMPACT, COURSE, EXERCISES
from stridewise.checker.pictures.recording import right_part, spot_of
from stridewise.checker.probes import probes
from stridewise.checker.replaying import replayed
from stridewise.checker.report import file_document, file_result, to_json
from stridewise.checker.results import FileResult, FirstWrong, Read, Trouble
from tests.checker.wrong import diagnosed, with_mistake, with_steps


def first_of(function, words, index):
    return FirstWrong(words, RECIPES[function].results[0], index, 0.0, 0.0)


def test_questions_are_told_apart_by_their_words():
    for exercise in EXERCISES.values():
        for name in exercise.functions:
            words = [probe.words for probe in exercise.probes(name)]
            assert len(set(words)) == len(words)
    course, compact = (
        {probe.words for probe in exercise.probes("pool_backward")}
        for exercise in EXERCISES.values()
    )
    assert not course & compact


@pytest.mark.parametrize("function", ["conv_slice", "forward"])
def test_so_it_is_in_the_compact_variant(function):
    for part in COMPACT.functions[function]:
        for number, probe in enumerate(part.probes):
            right = replayed(part, (), number).value
            right = right[0] if isinstance(right, tuple) else right
            for index in np.ndindex(np.shape(right)):
                found = FirstWrong(probe.words, part.recipe.results[0], index, 0.0, 0.0)
                read = window_read(part.recipe, (), probe, found)
                spot = spot_of(function, found)
                assert read.places == spot.window().places
                assert spot.value == pytest.approx(np.asarray(right)[index], abs=1e-12)


@pytest.mark.parametrize("function", ["conv_single_step", "conv_forward", "pool_forward"])
def test_what_the_right_recipe_reads_is_the_window_of_the_trace(function):
    for probe in probes(function):
        shape = np.shape(right_part(function, first_of(function, probe.words, None)))
        for index in np.ndindex(shape):
            found = first_of(function, probe.words, index)
            read = window_read(RECIPES[function], (), probe, found)
            right = spot_of(function, found).window()
            assert (read.shape, read.places) == (right.shape, right.places)
            np.testing.assert_allclose(read.weights, right.weights, atol=1e-11)


def test_the_trace_has_the_right_numbers():
    for function in ("conv_single_step", "conv_forward", "pool_forward"):
        for probe in probes(function):
            right = right_part(function, first_of(function, probe.words, None))
            for index in np.ndindex(right.shape):
                spot = spot_of(function, first_of(function, probe.words, index))
                assert spot.value == pytest.approx(right[index], abs=1e-12)


def test_a_window_that_moves_one_step_at_a_time():
    found = with_mistake("pool_forward", "stride-ignored").first_wrong
    assert found.input == "A_prev (2, 5, 7, 2), f = 3, stride = 2, mode = 'max'"
    assert found.index == (0, 0, 1, 0)
    # Rows 0 to 2, columns 1 to 3, where columns 2 to 4 are right; two channels, seven columns.
    rows = [[2, 4, 6], [16, 18, 20], [30, 32, 34]]
    assert found.read == Read((3, 3), tuple(np.ravel(rows)))


def test_turned_weights_are_what_each_element_met():
    found = with_mistake("conv_forward", "kernel-flipped").first_wrong
    W = probes("conv_forward")[0].arguments[1]
    assert found.read.weights == pytest.approx(W[::-1, ::-1, :, 0].ravel())
    assert found.read.places == (0, 1, 4, 5)


def test_what_was_never_computed_read_nothing():
    found = with_mistake("conv_forward", "returns-inside-loop").first_wrong
    assert (found.index[0], found.got, found.read) == (1, 0.0, Read((), ()))


def test_no_window_is_made_up_for_numbers_that_nothing_explains():
    result = diagnosed("conv_forward", lambda Z: Z * 1.5)
    assert result.mistakes[0].id == "not-recognised"
    assert result.first_wrong.read is None
    assert result.first_wrong.numbers[0] == pytest.approx(
        1.5 * replayed(COURSE.functions["conv_forward"][0], (), 0).value[0][0, 0, :, 0]
    )


def test_the_window_is_that_of_the_number_wherever_it_is_put():
    swapped = next(each for each in RECIPES["conv_forward"].mistakes if "put" in each.steps)
    probe = probes("conv_forward")[3]  # as many rows as columns come out
    for row, column in np.ndindex(2, 2):
        found = first_of("conv_forward", probe.words, (2, row, column, 1))
        turned = first_of("conv_forward", probe.words, (2, column, row, 1))
        read = window_read(RECIPES["conv_forward"], (swapped,), probe, found)
        assert read.places == spot_of("conv_forward", turned).window().places


@pytest.mark.parametrize(
    ("mode", "mistake", "steps", "padding"),
    [
        (1, "pads-zero-in-max", ("frame",), 0.0),
        (2, "padding-not-counted", ("frame", "mean"), None),
        (2, "pads-with-other-value", ("frame",), -np.inf),
    ],
)
def test_what_stands_for_padding_is_kept_in_json_too(mode, mistake, steps, padding):
    result = with_steps("forward", mode, mistake, *steps)
    assert result.first_wrong.read.padding == padding
    assert -1 in result.first_wrong.read.places
    file = FileResult("a.py", {"forward": result})
    assert file_result(json.loads(to_json(file_document(file)))) == file


def test_rounding_is_not_what_is_wrong_with_a_program_that_breaks_off():
    function = "conv_forward"
    (part,) = COURSE.functions[function]
    rights = [replayed(part, (), number).value for number in range(len(part.probes))]
    outcomes = [Outcome((Z.astype(np.float32), cache)) for Z, cache in rights]
    outcomes[-1] = Outcome(failed=Failed("error", Trouble("IndexError", "")))
    result = diagnose(function, outcomes, lambda _: None)
    assert (result.status, result.first_wrong, result.error.type) == ("error", None, "IndexError")


def test_complex_numbers_are_said_to_be_complex():
    first = diagnosed("conv_forward", lambda Z: Z + 1j).first_wrong
    assert (first.expected, first.got) == ("array (1, 2, 3, 1)", "complex array (1, 2, 3, 1)")
    first = diagnosed("conv_single_step", lambda Z: np.complex128(Z)).first_wrong
    assert (first.index, first.expected, first.got) == (None, "float", "complex128")
    first = diagnosed("conv_single_step", complex).first_wrong
    assert first.got == "complex"


@pytest.mark.parametrize(
    ("change", "rows", "columns"),
    [
        (lambda Z: np.zeros((1, 1000, 2000, 1)), 16, 16),
        (lambda Z: np.full((1, 3, 40, 1), np.inf), 3, 16),
        (lambda Z: np.zeros((5000, 7)), 16, 7),
        (lambda Z: np.asmatrix(np.zeros((3, 4))), 3, 4),
        (lambda Z: np.ma.masked_equal(np.zeros((3, 4)), 0), 3, 4),
        (lambda Z: np.zeros((1, 0, 3, 1)), 0, 0),
        (lambda Z: np.zeros((3,)), 0, 0),
        (lambda Z: np.array("text"), 0, 0),
        (lambda Z: np.array(1 + 2j), 0, 0),
    ],
)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # of NumPy's matrix
def test_of_any_result_little_is_kept(change, rows, columns):
    numbers = diagnosed("conv_forward", change).first_wrong.numbers
    assert (len(numbers), max(map(len, numbers), default=0)) == (rows, columns)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda each: each.name)
def test_inputs_are_said_in_names_that_need_no_translation(exercise):
    known = {
        *("X", "pad", "a_slice_prev", "W", "b", "A_prev", "f", "stride", "mode", "max", "average"),
        *("dZ", "dA", "x", "dz", "shape", "dims", "const", "X_slice", "conv", "maxpool", "avepool"),
    }
    for probe in (each for name in exercise.functions for each in exercise.probes(name)):
        words = "".join(
            letter if letter.isalpha() or letter == "_" else " " for letter in probe.words
        )
        assert set(words.split()) <= known
