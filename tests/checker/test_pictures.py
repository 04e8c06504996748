"""Pictures of a wrong element: what their tables and sentences say."""

import re
from dataclasses import replace
from html import unescape

import pytest

from stridewise.checker.catalogue import RECIPES
from stridewise.checker.pictures import picture_of
from stridewise.checker.results import FirstWrong, FoundMistake, FunctionResult, Read
from tests.checker.samples import ATTACK
from tests.checker.wrong import diagnosed, with_mistake


def drawn(function, mistake, lang="en"):
    return picture_of(function, with_mistake(function, mistake), lang)


def tables(picture):
    """The rows of each table as texts, by its title."""
    found = {}
    for table in re.findall("<table>(.*?)</table>", picture):
        title = unescape(re.search("<caption>(.*?)</caption>", table)[1])
        rows = re.findall("<tr>(.*?)</tr>", table.partition("<tbody>")[2])
        cells = [re.findall("<td[^>]*>(.*?)</td>", row) for row in rows]
        found[title] = [[re.sub("<span>.*?</span>", "", cell) for cell in row] for row in cells]
    return found


def test_both_windows_with_the_numbers_and_what_they_meet():
    found = tables(drawn("conv_forward", "stride-ignored"))
    assert found["Right, example 0, channel 0"] == [
        ["5.9 × 1.475", "−0.0375 × 0.2875"],
        ["6.525 × −0.7125", "2.4 × 0.1"],
    ]
    assert found["Yours, example 0, channel 0"] == [
        ["0 × 1.475", "0 × 0.2875"],
        ["0 × −0.7125", "5.9 × 0.1"],
    ]


def test_the_windows_in_the_padded_input():
    picture = drawn("conv_forward", "stride-ignored")
    title = "A_prev[0, :, :, 0]: the right window framed, yours dashed"
    rows = tables(picture)[title]
    assert [len(row) for row in rows] == [10] * 8  # 4 × 6 with 2 around
    both = re.findall('<td class="right your">(.*?)<span>', picture)
    assert both == ["5.9"]
    assert picture.count("in the right window") == picture.count("in your window") == 4


def test_the_arithmetic_leads_to_both_numbers():
    picture = drawn("conv_single_step", "bias-missing")
    assert "Right: the products add up to −0.0175; with the bias 0.75 that is 0.7325." in picture
    assert "Yours: the products add up to −0.0175; that is −0.0175, without a bias." in picture
    assert list(tables(picture)) == ["Right and yours, channel 0", "Right and yours, channel 1"]


@pytest.mark.parametrize("function", ["conv_single_step", "conv_forward", "pool_forward"])
def test_the_arithmetic_is_known_for_every_mistake_of_the_catalogue(function):
    for mistake in {each.id for each in RECIPES[function].mistakes} - {"dot-not-multiply"}:
        picture = drawn(function, mistake)
        assert "the result is" not in picture, mistake
        assert "cannot be told" not in picture, mistake


def test_the_maps_and_their_difference():
    found = tables(drawn("distribute_value", "distribute-undivided"))
    half, two = [["0.5"] * 2] * 2, [["2"] * 2] * 2
    assert found == {"Right": half, "Yours": two, "Yours − right": [["1.5"] * 2] * 2}


def test_the_gradients_map_and_where_the_first_wrong_one_is():
    picture = drawn("conv_backward", "assigns-not-adds")
    assert "The numbers of dA_prev[0, :, :, 0]" in picture
    assert picture.count('class="wrong first"') == 2  # in their map, and in the difference
    assert "8 of 12 numbers are wrong." in picture
    assert 'class="wrong"' in picture


def test_results_of_another_shape_stand_side_by_side():
    picture = drawn("conv_forward", "axes-swapped")
    found = tables(picture)
    assert [len(found[title]) for title in ("Right", "Yours")] == [2, 3]
    assert "Yours has another shape." in picture


def test_not_recognised_shows_the_right_window_and_says_so():
    picture = picture_of("pool_forward", diagnosed("pool_forward", lambda A: A + 1), "en")
    assert "Which window you read cannot be told" in picture
    assert "Right" in tables(picture)
    assert "Yours − right" in tables(picture)


def test_every_word_is_chinese_where_it_should_be():
    for function, recipe in RECIPES.items():
        for mistake in {each.id for each in recipe.mistakes}:
            result = with_mistake(function, mistake)
            picture = re.sub("<[^>]*>", " ", picture_of(function, result, "zh"))
            picture = re.sub(r"\b(nan|inf|e)\b", " ", picture)
            words = set(re.findall("[A-Za-z_]{2,}", picture))
            assert words <= {*recipe.results, "A_prev", "dA_prev"}, mistake


def test_pictures_that_are_alike_are_drawn_once():
    result = with_mistake("conv_forward", "kernel-flipped")
    again = replace(result, first_wrong=replace(result.first_wrong))
    assert picture_of("conv_forward", again, "en") is picture_of("conv_forward", result, "en")


@pytest.mark.parametrize(
    "change",
    [
        {"input": ATTACK},
        {"result": ATTACK},
        {"index": (9, 9, 9, 9)},
        {"index": (0,)},
        {"index": (-1, 0, 0, 0)},
    ],
)
def test_what_no_probe_gives_has_no_picture(change):
    result = with_mistake("conv_forward", "stride-ignored")
    wrong = replace(result.first_wrong, **change)
    assert picture_of("conv_forward", replace(result, first_wrong=wrong), "en") == ""
    assert picture_of(ATTACK, result, "en") == ""


@pytest.mark.parametrize(
    "change",
    [
        {"got": ATTACK},
        {"numbers": ((1.0,), (1.0, 2.0))},
        {"numbers": ((1.0,) * 17,) * 17},
        {"read": Read((2, 2, 2), (10**9,) * 8)},
        {"read": Read((2, 2, 2), (-2,) * 8)},
        {"read": Read((4, 4), (1,))},
        {"read": Read((0, 2), (), (1.0,))},
        {"read": Read((2, 2, 2), (0,) * 8, (1.0,))},
    ],
)
def test_what_a_file_of_results_may_say_does_no_harm(change):
    result = with_mistake("conv_forward", "stride-ignored")
    wrong = replace(result.first_wrong, **change)
    picture = picture_of("conv_forward", replace(result, first_wrong=wrong), "en")
    assert "Right, example 0, channel 0" in tables(picture)
    assert "<script" not in picture


def test_nan_is_a_number_like_others():
    found = FirstWrong(
        "dz = 2, shape = (2, 2)", "a", (0, 0), 0.5, "nan", ((float("nan"),) * 2,) * 2
    )
    result = FunctionResult("failed", (FoundMistake("not-recognised"),), first_wrong=found)
    assert tables(picture_of("distribute_value", result, "en"))["Yours"] == [["nan"] * 2] * 2
