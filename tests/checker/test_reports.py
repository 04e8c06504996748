"""What the reports say, as the programs that read them see it."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from rich.console import Console

from stridewise.checker import report
from stridewise.checker.results import FileResult, FirstWrong, FoundMistake, FunctionResult
from stridewise.checker.words import hints, message
from stridewise.errors import DataError
from tests.checker.samples import BROKEN, MIXED, RIGHT

CLASS = [MIXED, RIGHT, BROKEN]


def test_text_says_what_where_and_why():
    text = report.as_text([MIXED])
    assert "class/ada.py  2 of 8 passed" in text
    for line in (
        "✗ failed   bias-missing, kernel-flipped",
        "  The bias is not added. (line 12)",
        "  The window moves one step at a time: the stride is not used. (line 31)",
        "    First wrong element: Z[0, 0, 1, 0], expected 0.5, got 1.25",
        "    for the input A_prev (2, 5, 7, 3), stride 2",
        "    Wrong as a whole: the result, expected a number, got None",
        "    As it is written, it also fails because of conv_single_step.",
        "By itself it is right; as it is written, it fails because of zero_pad, distribute_value.",
        "  IndexError: index 7 is out of bounds",
        "    48: A[i, h] = x",
        "  It did not come to an end in time.",
        "– missing",
        "    A choice, no fault: It computes in float32, so that about seven digits are right.",
        "Protection while it ran: memory, network",
    ):
        assert line in text


@pytest.mark.parametrize("how_many", [0, 1, 2])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "write", [report.as_text, report.as_page, report.as_gradescope, report.as_junit]
)
def test_as_many_hints_as_are_asked_for(write, lang, how_many):
    text = write(
        [FileResult("a.py", {"f": FunctionResult("failed", (FoundMistake("bias-missing"),))})],
        lang,
        how_many,
    )
    assert message("bias-missing", lang) in text
    assert [hint in text for hint in hints("bias-missing", lang)] == [how_many > 0, how_many > 1]


def test_text_in_colours():
    out = io.StringIO()
    Console(file=out, width=100, force_terminal=True, color_system="standard").print(
        report.as_text_renderable([MIXED])
    )
    assert "\x1b[32m✓ passed" in out.getvalue()
    assert "\x1b[1;31m✗ failed" in out.getvalue()


def test_text_of_a_class_ends_with_its_commonest_mistakes():
    text = report.as_text([*CLASS, replace(MIXED, file="class/dee.py")])
    summary = text[text.index("The commonest mistakes") :].splitlines()
    assert summary[2].split()[:2] == ["2", "bias-missing"]
    assert "It could not be checked" in text
    assert "line 3: invalid syntax" in text


def test_numbers_that_look_alike_are_shown_in_full():
    near = FirstWrong("x", "Z", (0,), 0.1, 0.1 + 1e-12)
    text = report.as_text([FileResult("a.py", {"f": FunctionResult("failed", first_wrong=near)})])
    assert "expected 0.1, got 0.100000000001" in text


def test_json_of_one_file_has_the_promised_form():
    document = json.loads(report.as_json([MIXED]))
    assert list(document) == [
        *("schema", "file", "functions", "summary", "problem", "problem_id", "protection")
    ]
    assert document["schema"] == 1
    assert document["summary"] == {"passed": 2, "failed": 6, "score": 0.25}
    assert document["functions"]["conv_forward"] == {
        "status": "failed",
        "mistakes": [
            {
                "id": "stride-ignored",
                "message": message("stride-ignored"),
                "line": 31,
                "cell": None,
            }
        ],
        "conventions": [],
        "first_wrong": {
            "input": "A_prev (2, 5, 7, 3), stride 2",
            "result": "Z",
            "index": [0, 0, 1, 0],
            "expected": 0.5,
            "got": 1.25,
            "numbers": [[0.5, 0.5], ["nan", 2.0]],
            "read": {"shape": [2, 2], "places": [-1, 0, 7, 8], "weights": [], "padding": 0.0},
        },
        "error": None,
        "blamed": ["conv_single_step"],
    }
    assert document["functions"]["pool_forward"]["error"] == {
        "type": "IndexError",
        "message": "index 7 is out of bounds",
        "lines": [[48, "A[i, h] = x"]],
        "cells": [],
        "input": "",
    }


def test_json_of_several_files():
    document = json.loads(report.as_json(CLASS, "zh"))
    assert document["schema"] == 1
    assert [each["file"] for each in document["files"]] == [each.file for each in CLASS]
    assert document["files"][2]["problem"] == "line 3: invalid syntax"
    (mistake,) = document["files"][0]["functions"]["conv_forward"]["mistakes"]
    assert mistake["message"] == message("stride-ignored", "zh")


def test_json_can_be_taken_apart_again():
    for result in CLASS:
        again = report.file_result(json.loads(report.as_json([result])))
        assert report.as_json([again]) == report.as_json([result])
        assert repr(again) == repr(result)  # NaN is not equal to itself
        assert again.summary == result.summary


def test_a_document_without_what_was_added_later():
    document = report.file_document(MIXED)
    del document["problem_id"]
    for each in document["functions"].values():
        del each["blamed"]
        for mistake in each["mistakes"]:
            del mistake["cell"]
    wrong = document["functions"]["conv_forward"]["first_wrong"]
    del wrong["numbers"], wrong["read"]
    again = report.file_result(document)
    assert again.functions["conv_forward"].first_wrong.got == 1.25


@pytest.mark.parametrize(
    "change", [{"schema": 2}, {"functions": []}, {"functions": {"f": {}}}, {"protection": None}]
)
def test_json_that_is_something_else_is_refused(change):
    document = report.file_document(MIXED) | change
    with pytest.raises(DataError, match="this is not a file of results"):
        report.file_result(document)


def test_junit():
    root = ET.fromstring(report.as_junit(CLASS))
    assert root.attrib | {} == {
        "name": "stridewise check",
        "tests": "10",
        "failures": "4",
        "errors": "3",
    }
    assert [suite.get("name") for suite in root] == [each.file for each in CLASS]
    assert [suite.get("tests") for suite in root] == ["8", "1", "1"]
    cases = {case.get("name"): case for case in root[0]}
    assert len(cases["zero_pad"].findall("failure") + cases["zero_pad"].findall("error")) == 0
    failure = cases["conv_single_step"].find("failure")
    assert failure.get("type") == "bias-missing kernel-flipped"
    assert failure.get("message") == "The bias is not added. (line 12)"
    assert "Wrong as a whole" in failure.text
    assert cases["pool_forward"].find("error").get("message").startswith("IndexError")
    assert cases["pool_backward"].find("failure").get("type") == "missing"
    assert "invalid syntax" in root[2][0].find("error").text


def test_gradescope():
    document = json.loads(report.as_gradescope([MIXED]))
    assert "score" not in document  # Gradescope adds the tests' scores up
    assert document["output"] == "class/ada.py: 2 of 8 passed"
    assert {document[key] for key in document if key.endswith("_format")} == {"text"}
    tests = {test["name"]: test for test in document["tests"]}
    assert list(tests) == list(MIXED.functions)
    assert tests["zero_pad"]["score"] == tests["zero_pad"]["max_score"] == 1
    assert tests["zero_pad"]["status"] == "passed"
    failed = tests["conv_forward"]
    assert (failed["score"], failed["status"]) == (0, "failed")
    assert failed["tags"] == ["stride-ignored"]
    assert "expected 0.5, got 1.25" in failed["output"]
    assert all(test["output"] for test in tests.values())
    assert {test["visibility"] for test in tests.values()} == {"visible"}


def test_gradescope_of_a_file_that_could_not_be_checked():
    document = json.loads(report.as_gradescope([BROKEN]))
    (test,) = document["tests"]
    assert (test["score"], test["status"]) == (0, "failed")
    assert test["output"] == "It could not be checked: line 3: invalid syntax"


def test_csv_of_a_class():
    rows = list(csv.DictReader(io.StringIO(report.as_csv(CLASS))))
    assert [row["file"] for row in rows] == [each.file for each in CLASS]
    assert [row["score"] for row in rows] == ["0.25", "1.0", "0.0"]
    assert rows[0]["conv_single_step"] == "bias-missing; kernel-flipped"
    assert rows[0]["pool_forward"] == "error"
    assert rows[0]["pool_backward"] == "missing"
    assert (rows[1]["zero_pad"], rows[1]["conv_forward"]) == ("passed", "")
    assert rows[2]["problem"] == "line 3: invalid syntax"


def test_commonest_counts_files_not_functions():
    one = FunctionResult("failed", (FoundMistake("bias-missing"),))
    assert report.commonest([FileResult("a.py", {"f": one, "g": one}), MIXED])[0] == (
        "bias-missing",
        2,
    )
