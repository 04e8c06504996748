"""What axe-core finds, in every view, light and dark, wide and narrow."""

from importlib import resources

import numpy as np
import pytest

from stridewise.traces import record_conv2d
from tests.explorer.serving import serving, subject

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def axe():
    package = pytest.importorskip("axe_playwright_python")
    return (resources.files(package) / "axe.min.js").read_text("utf-8")


def require_no_findings(page, axe):
    page.evaluate(axe)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    assert len(found["passes"]) > 10
    assert [
        (each["id"], node["html"][:150], node["failureSummary"][:300])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ] == []


@pytest.mark.parametrize(
    ("fragment", "options"),
    [
        ("layer=conv2d_2&mode=forward", {"viewport": WIDE}),
        ("layer=conv2d_2&mode=byInput", {"viewport": WIDE, "color_scheme": "dark"}),
        ("layer=conv2d_1&mode=byWeight", {"viewport": NARROW, "color_scheme": "dark"}),
        ("layer=maxpool_1", {"viewport": NARROW, "locale": "zh-CN"}),
        ("layer=dense_3", {"viewport": WIDE, "color_scheme": "dark"}),
    ],
)
def test_no_serious_findings(open_page, lenet, axe, fragment, options):
    require_no_findings(open_page(lenet, fragment, **options), axe)


def test_no_serious_findings_where_elements_are_greyed(open_page, axe, rng):
    x = rng.standard_normal((1, 6, 6, 1))
    trace = record_conv2d(x, np.ones((2, 2, 1, 1)), stride=3, padding=((0, 0), (2, 0)))
    for scheme in ("light", "dark"):
        require_no_findings(open_page(trace, color_scheme=scheme), axe)


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": WIDE},
        {"viewport": NARROW, "color_scheme": "dark", "locale": "zh-CN"},
    ],
)
def test_no_serious_findings_where_things_can_be_opened(open_page, axe, options):
    page = open_page(serving(subject()), **options)
    page.locator("#opening summary").click()
    require_no_findings(page, axe)
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
