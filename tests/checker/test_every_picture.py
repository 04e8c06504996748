"""Every mistake of every recipe of both exercises: its picture, and the explorer at its element."""

import re

import pytest

from stridewise.checker.exercises import EXERCISES
from stridewise.checker.pictures import picture_of, spot_of
from stridewise.checker.words import LANGUAGES
from tests.checker.wrong import with_every_mistake

FUNCTIONS = [(each, name) for each in EXERCISES.values() for name in each.functions]
IDS = [f"{exercise.name}-{name}" for exercise, name in FUNCTIONS]
every_function = pytest.mark.parametrize(("exercise", "function"), FUNCTIONS, ids=IDS)


def wrong_elements(exercise, function):
    for part, mistake, result in with_every_mistake(exercise, function):
        if result.first_wrong is None:
            assert result.error is not None, mistake.id
        else:
            yield part, mistake, result


@every_function
def test_it_is_drawn_in_both_languages(exercise, function):
    for part, mistake, result in wrong_elements(exercise, function):
        drawn = [picture_of(function, result, lang) for lang in LANGUAGES]
        counts = [(each.count("<table>"), each.count("<td")) for each in drawn]
        assert counts[0] == counts[1]
        index = result.first_wrong.index
        if index is not None and len(index) in (0, 2, 4):  # others have no rows and columns
            assert counts[0][0], (part.recipe.name, mistake.id)


@every_function
def test_every_word_is_chinese_where_it_should_be(exercise, function):
    for part, mistake, result in wrong_elements(exercise, function):
        picture = re.sub("<[^>]*>", " ", picture_of(function, result, "zh"))
        words = set(re.findall("[A-Za-z_]{2,}", picture))
        assert words <= {*part.recipe.results, "A_prev", "nan"}, mistake.id


@every_function
def test_the_arithmetic_of_both_windows_is_known(exercise, function):
    for part, mistake, result in wrong_elements(exercise, function):
        picture = picture_of(function, result, "en")
        assert "cannot be told" not in picture, mistake.id
        if mistake.id != "dot-not-multiply":
            assert "the result is" not in picture, (part.recipe.name, mistake.id, mistake.steps)


@every_function
def test_where_the_explorer_opens_is_the_number_that_was_expected(exercise, function):
    for _, mistake, result in wrong_elements(exercise, function):
        found = result.first_wrong
        spot = spot_of(function, found)
        if spot is not None and found.index is not None:
            assert shown(spot, found) == pytest.approx(found.expected, abs=1e-9), mistake.id


def shown(spot, found):
    """The number that a trace has at an element."""
    if spot.mode == "forward":
        return spot.value
    if spot.mode == "byInput":
        assert spot.is_over(*found.index[1:3])
        return spot.trace.arrays["grad/x"][found.index[1:]]
    if found.result == "dW":
        return spot.trace.arrays["grad_weight/conv2d/weight"][found.index]
    return spot.trace.arrays["grad_weight/conv2d/bias"][found.index[-1]]
