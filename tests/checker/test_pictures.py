"""Pictures of a wrong element: what their tables and sentences say."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from stridewise.checker.pictures import picture_of
from stridewise.checker.results import FirstWrong, FoundMistake, FunctionResult, Read
from tests.checker.samples import ATTACK
from tests.checker.wrong import diagnosed, with_mistake, with_steps


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


def test_a_window_without_channels():
    picture = picture_of("conv_slice", with_steps("conv_slice", 0, "bias-missing", "combine"), "en")
    assert tables(picture) == {
        "Right and yours": [
            ["−0.0875 × −0.15", "0.0375 × −0.0875"],
            ["−0.025 × −0.025", "0.1625 × 0.0375"],
        ]
    }
    assert "Yours: the products add up to 0.0166; that is 0.0166, without a bias." in picture


def test_padding_is_the_number_that_stands_for_it():
    picture = picture_of("forward", with_steps("forward", 1, "pads-zero-in-max", "frame"), "en")
    found = tables(picture)
    assert found["Right, example 0, channel 0"] == [
        ["−∞", "−3.5", "−4.3125"],
        ["−∞", "−1", "−6"],
        ["−∞", "−∞", "−∞"],
    ]
    assert found["Yours, example 0, channel 0"] == [
        ["0", "−3.5", "−4.3125"],
        ["0", "−1", "−6"],
        ["0", "0", "0"],
    ]
    assert picture.count('class="padding different"') == 5
    assert "Right: the largest number is −1." in picture
    assert "Yours: the largest number is 0." in picture
    whole = found["X[0, :, :, 0]: the right window framed, yours dashed"]
    assert whole[0] == ["−∞"] * 7


def test_padding_that_is_left_out_is_not_counted():
    result = with_steps("forward", 2, "padding-not-counted", "frame", "mean")
    picture = picture_of("forward", result, "en")
    assert tables(picture)["Yours, example 0, channel 0"] == [
        ["", "", ""],
        ["", "−3.5625", "−1.875"],
        ["", "−4.75", "0.3125"],
    ]
    assert "Yours: the mean of 4 numbers is −2.4688." in picture


def test_an_infinite_mean_is_said_to_be_one():
    result = with_steps("forward", 2, "pads-with-other-value", "frame")
    assert "Yours: the mean of 9 numbers is −∞." in picture_of("forward", result, "en")


def test_what_float32_rounds_off_is_not_wrong_beside_what_is():
    def change(Z):
        Z = Z.astype(np.float32)
        Z[:, -1, -1] *= 1.5
        return Z

    result = diagnosed("conv_forward", change)
    assert result.first_wrong.index == (0, 1, 2, 0)
    assert "1 of 6 numbers are wrong." in picture_of("conv_forward", result, "en")


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
        {"read": Read((-2, -2), (1,) * 4)},
        {"read": Read((2, 2, 2), (-1,) * 8, padding=float("nan"))},
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
