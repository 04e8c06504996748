"""Names, messages and code of a submission are text in every report, and nothing else."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from stridewise.checker import report
from stridewise.checker.results import FileResult
from tests.checker.samples import BROKEN, HOSTILE, HOSTILE_PROBLEM, MIXED, RIGHT

WRITERS = [
    *(report.as_text, report.as_page, report.as_json, report.as_junit),
    *(report.as_gradescope, report.as_csv),
]
BOTH = [HOSTILE, HOSTILE_PROBLEM]
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]")


class Page(HTMLParser):
    """The elements of a page, with their attributes and texts."""

    VOID = ("meta", "br", "link")

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.texts = [], [], {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_unfit_is_written(write):
    text = write(BOTH)
    text.encode()
    assert not UNFIT.search(text)
    if write is not report.as_json:
        assert len(text) < 40_000


def test_html_has_no_element_of_the_submission():
    page = Page(report.as_page(BOTH))
    assert page.open == []
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "red", "iframe", "img", "object", "link"}
    assert len([tag for tag, _ in page.elements if tag == "style"]) == 1
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name in ("src", "style") for name in attributes)
        assert attributes.get("href", "#").startswith("#")
    assert "<script>alert(1)</script>" in "".join(page.texts["h2"])
    assert "{{ 7*7 }}" in "".join(page.texts["h2"])


def test_html_may_do_nothing_and_says_so():
    page = Page(report.as_page([MIXED, RIGHT, BROKEN]))
    policies = [
        attributes["content"]
        for tag, attributes in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policies[0]


@pytest.mark.parametrize(("lang", "code"), [("en", "en"), ("zh", "zh-CN")])
def test_html_names_its_language_and_links_to_each_file(lang, code):
    page = Page(report.as_page([MIXED, RIGHT, BROKEN], lang))
    assert page.elements[0] == ("html", {"lang": code})
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert len(links) == 3
    assert {link.removeprefix("#") for link in links} <= ids


def test_xml_takes_it_for_text():
    root = ET.fromstring(report.as_junit(BOTH))
    assert "<script>alert(1)</script>" in root[0].get("name")
    assert {element.tag for element in root.iter()} == {
        *("testsuites", "testsuite", "testcase", "failure", "error")
    }


def test_json_is_strict_and_keeps_names_as_they_are():
    def refuse(constant):
        raise AssertionError(constant)

    document = json.loads(report.as_json(BOTH), parse_constant=refuse)
    assert document["files"][0]["file"] == HOSTILE.file
    wrong = document["files"][0]["functions"]["conv_forward"]["first_wrong"]
    assert wrong["expected"] == "nan"
    json.loads(report.as_gradescope(BOTH), parse_constant=refuse)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", " =", "\t=", "\r@", "＝"])
def test_spreadsheets_find_no_formula(sign):
    name = f"{sign}HYPERLINK(1)"
    text = report.as_csv([FileResult(name, problem=name)])
    for cell in next(csv.reader(io.StringIO(text.partition("\n")[2]))):
        assert not cell.startswith(("=", "+", "-", "@", "＝", "\t", "\r", " "))
    assert "HYPERLINK(1)" in text


def test_rows_stay_rows():
    assert len(list(csv.reader(io.StringIO(report.as_csv(BOTH))))) == 3


def test_markup_is_not_read():
    assert "[red]" in report.as_text([HOSTILE])
