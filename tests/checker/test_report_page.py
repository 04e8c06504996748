"""The page of a report in a real browser, and the explorer's pages that it leads to."""

import re

import pytest

from stridewise.checker import report
from stridewise.checker.checked import Checked
from stridewise.checker.exploring import folder_beside, require_ours, write_pages
from stridewise.checker.results import FileResult
from stridewise.errors import OptionError, RunError
from tests.checker.samples import HOSTILE, MIXED
from tests.checker.wrong import diagnosed, with_mistake
from tests.explorer.test_page_access import NARROW, WIDE, require_no_findings

FUNCTIONS = {
    "zero_pad": with_mistake("zero_pad", "pads-with-other-value"),
    "conv_forward": with_mistake("conv_forward", "stride-ignored"),
    "conv_backward": with_mistake("conv_backward", "assigns-not-adds"),
    "pool_forward": diagnosed("pool_forward", lambda A: A + 1),
    "pool_backward": with_mistake("pool_backward", "stride-ignored"),
}
ADA = FileResult("ada.py", FUNCTIONS, protection=("memory",))
OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true"
CLASS = [ADA, FileResult("bob.py", {"conv_forward": FUNCTIONS["conv_forward"]}), MIXED]


@pytest.fixture
def opened(browser, tmp_path):
    """Open a report as a file; a complaint of the browser fails the test."""
    contexts, complaints = [], []

    def open_one(results, lang="en", **options):
        out = tmp_path / "a #1 report.html"
        write_pages(folder_beside(out), results)
        page = report.as_page(results, lang, explorer=folder_beside(out).name)
        out.write_text(page, "utf-8")
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(10_000)
        shown = contexts[-1].new_page()
        shown.on("console", lambda message: complaints.append(message.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.goto(out.as_uri())
        return shown

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def in_article(page, function):
    return page.locator("article", has=page.get_by_role("heading", name=function, exact=True))


@pytest.mark.parametrize(
    ("function", "says"),
    [
        ("conv_forward", ("layer=conv2d", "mode=forward", "cell=1%2C1", "output=0")),
        ("conv_backward", ("layer=conv2d", "mode=byInput", "cell=0%2C0", "input=0")),
        ("pool_forward", ("layer=max_pool2d", "mode=forward", "cell=0%2C0")),
        ("pool_backward", ("layer=max_pool2d", "mode=byInput")),
    ],
)
def test_the_link_opens_the_explorer_at_that_cell(opened, function, says):
    page = opened([ADA])
    in_article(page, function).get_by_role("link", name="Open the right computation").click()
    page.wait_for_selector("body[data-ready=true]")
    page.wait_for_url(lambda url: all(each in url for each in says))
    wrong = FUNCTIONS[function].first_wrong
    if function == "conv_forward":
        assert f"{wrong.expected:.4f}".rstrip("0") in page.locator("#layer").inner_text()


def test_the_explorer_speaks_the_reports_language(opened):
    page = opened([ADA], "zh", locale="en-US")
    in_article(page, "conv_forward").get_by_role("link").click()
    page.wait_for_selector("html[lang^=zh] body[data-ready=true]")


def test_of_a_class_each_picture_is_there_once_and_is_linked_to(opened):
    page = opened(CLASS)
    pictures = page.locator("article.seen")
    assert pictures.count() == 5  # not six: two made the same mistake
    assert page.locator(".function details[open]").count() == 0
    page.evaluate(OPEN_ALL)
    links = page.get_by_role("link", name=re.compile(r"^Picture 2$"))
    assert links.count() == 2
    links.nth(1).click()
    assert (
        page.locator("article.seen:target h3").inner_text().startswith("Picture 2 · conv_forward")
    )
    assert page.locator("article.seen:target").is_visible()


@pytest.mark.parametrize("results", [[ADA], CLASS])
@pytest.mark.parametrize(
    ("lang", "options"),
    [
        ("en", {"viewport": WIDE}),
        ("zh", {"viewport": NARROW, "color_scheme": "dark"}),
        ("en", {"viewport": NARROW}),
        ("en", {"viewport": WIDE, "color_scheme": "dark"}),
    ],
)
def test_no_serious_findings_and_nothing_beside_the_screen(opened, axe, results, lang, options):
    page = opened(results, lang, **options)
    page.evaluate(OPEN_ALL)
    require_no_findings(page, axe)
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_notebooks_view_can_be_read_on_light_and_dark(browser, axe, scheme):
    paper, ink = {"light": ("#fff", "#212121"), "dark": ("#111", "#e0e0e0")}[scheme]
    page = browser.new_page(color_scheme=scheme, viewport=WIDE)
    html = Checked(FUNCTIONS)._repr_html_()
    page.set_content(
        f"<!doctype html><html lang=en><title>n</title><style>body {{ background: {paper}; "
        f"color: {ink} }}</style><main><h1>n</h1><h2>n</h2><h3>n</h3>{html}</main>"
    )
    require_no_findings(page, axe)
    assert page.locator(".picture").count() == 7
    assert page.locator("td.wrong").first.evaluate("e => getComputedStyle(e).color") == (
        "rgb(33, 33, 33)" if scheme == "light" else "rgb(224, 224, 224)"
    )
    page.close()


def test_pages_are_written_once_and_again_but_nothing_of_others_is_replaced(tmp_path):
    folder = folder_beside(tmp_path / "report.html")
    for _ in range(2):
        write_pages(folder, CLASS)
        names = sorted(path.name for path in folder.iterdir())
        assert names == [
            *("conv_backward-0-0.html", "conv_forward-2-0.html"),
            *("pool_backward-2-0.html", "pool_forward-0-0.html"),
        ]
    (folder / "mine.html").write_text("<p>mine")
    with pytest.raises(RunError, match="has other things in it"):
        require_ours(folder)
    (folder / "mine.html").unlink()
    require_ours(folder)


def test_where_nothing_slides_a_window_there_is_no_folder(tmp_path):
    folder = folder_beside(tmp_path / "report.html")
    write_pages(folder, [MIXED, HOSTILE, FileResult("a.py", {"zero_pad": FUNCTIONS["zero_pad"]})])
    assert not folder.exists()
    folder.write_text("a file")
    with pytest.raises(RunError, match="has other things in it"):
        require_ours(folder)


def last_is_wrong(gradient):
    gradient[0, -1, -1, 0] += gradient.shape == (2, 6, 8, 2)
    return gradient


@pytest.mark.parametrize(
    ("function", "result", "at"),
    [
        # A trace has one example, and these are sums over two.
        ("conv_backward", with_mistake("conv_backward", "divides-by-m"), ("dW", (0, 0, 0, 0))),
        # The windows end before the last row.
        ("pool_backward", diagnosed("pool_backward", last_is_wrong), ("dA_prev", (0, 5, 7, 0))),
    ],
)
def test_no_link_leads_to_what_the_explorer_does_not_show(tmp_path, function, result, at):
    assert (result.first_wrong.result, result.first_wrong.index) == at
    submission = FileResult("a.py", {function: result})
    write_pages(tmp_path / "pages", [submission])
    assert not (tmp_path / "pages").exists()
    page = report.as_page([submission], explorer="pages")
    assert "Yours − right" in page
    assert 'href="pages/' not in page
    with pytest.raises(OptionError, match="no wrong number of a window"):
        Checked({function: result}).explore(function)


def test_without_a_folder_no_link_leads_there():
    assert "-explorer" not in report.as_page([ADA])
    assert 'href="pages/conv_forward-2-0.html#layer=conv2d' in report.as_page(
        [ADA], explorer="pages"
    )
