"""The results as JUnit's XML, which build servers show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from stridewise.checker.findings import findings, problem_of
from stridewise.checker.labels import label
from stridewise.checker.plain import line
from stridewise.checker.results import FileResult, FunctionResult

__all__ = ["as_junit"]

# A function that breaks off is an error; one that is wrong, or not there, is a failure.
_TAGS = {"failed": "failure", "missing": "failure", "error": "error", "timeout": "error"}


def as_junit(results: Sequence[FileResult], lang: str = "en", hints: int = 1) -> str:
    """Give a test suite a file, and in it a test case a function."""
    root = ET.Element("testsuites", name="stridewise check")
    for result in results:
        suite = ET.SubElement(root, "testsuite", name=line(result.file))
        problem = problem_of(result, lang)
        if problem is not None:
            case = ET.SubElement(suite, "testcase", name=line(result.file), classname="stridewise")
            error = ET.SubElement(case, "error", type="problem", message=label("problem", lang))
            error.text = problem
        for name, each in result.functions.items():
            _add(suite, line(result.file), line(name), each, lang, hints)
        _count(suite)
    _count(root)
    ET.indent(root)
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    return declaration + ET.tostring(root, encoding="unicode") + "\n"


def _add(
    suite: ET.Element, file: str, name: str, result: FunctionResult, lang: str, hints: int
) -> None:
    case = ET.SubElement(suite, "testcase", name=name, classname=file)
    said = "\n".join(str(finding) for finding in findings(result, lang, hints))
    if result.status == "passed":
        if said:
            ET.SubElement(case, "system-out").text = said
        return
    ids = " ".join(mistake.id for mistake in result.mistakes)
    first = line(said.partition("\n")[0])
    tag = _TAGS[result.status]
    ET.SubElement(case, tag, type=ids or result.status, message=first).text = said


def _count(element: ET.Element) -> None:
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        element.set(name, str(sum(1 for _ in element.iter(tag))))
