"""What a check found, in the formats that people and programs read."""

from stridewise.checker.labels import label
from stridewise.checker.plain import line
from stridewise.checker.report.commonest import commonest
from stridewise.checker.report.document import (
    as_json,
    file_document,
    file_result,
    to_json,
    together,
)
from stridewise.checker.report.gradescope import as_gradescope
from stridewise.checker.report.junit import as_junit
from stridewise.checker.report.page import as_page
from stridewise.checker.report.table import as_csv
from stridewise.checker.report.text import as_text, as_text_renderable, commonest_table

__all__ = [
    "as_csv",
    "as_gradescope",
    "as_json",
    "as_junit",
    "as_page",
    "as_text",
    "as_text_renderable",
    "commonest",
    "commonest_table",
    "file_document",
    "file_result",
    "label",
    "line",
    "to_json",
    "together",
]
