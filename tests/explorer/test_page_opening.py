"""Another image, another model, opened in the page: chosen in a field, or dropped."""

import base64

import pytest

from stridewise.datasets import read_image
from tests.explorer.grids import numbers
from tests.explorer.models import onnx_convolution, png
from tests.explorer.serving import post, serving, subject

PICTURE = {"name": "ramp.png", "mimeType": "image/png", "buffer": png()}
BROKEN = {"name": "ramp.png", "mimeType": "image/png", "buffer": b"no picture"}
MODEL = {"name": "edges.onnx", "mimeType": "application/octet-stream", "buffer": onnx_convolution()}
DROP = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name));
    for (const kind of ["dragover", "drop"]) {
        const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector("main").dispatchEvent(event);
        if (!event.defaultPrevented) throw new Error(`the browser would take the ${kind}`);
    }
}"""


def opened(page, name):
    page.get_by_role("heading", name=name, exact=True).wait_for()
    page.wait_for_selector("#working:empty", state="attached")


def require_the_picture(page, tmp_path):
    file = tmp_path / "ramp"
    file.write_bytes(png())
    wanted = read_image(file, (8, 8), 1)[..., 0]
    shown = numbers(page, "Input")
    assert len(shown) == 64
    for place, value in shown.items():
        assert value == pytest.approx(wanted[place], rel=1e-6)


def test_an_image(open_page, tmp_path):
    page = open_page(serving(subject()), "layer=conv2d_1")
    page.get_by_text("Open another image or model").click()
    page.get_by_label("Image", exact=True).set_input_files(PICTURE)
    page.locator("details:not([open])").wait_for()
    page.wait_for_selector("#working:empty", state="attached")
    require_the_picture(page, tmp_path)
    assert page.evaluate("document.activeElement.id") == "opening-summary"


def test_an_image_dropped_on_the_page(open_page, tmp_path):
    page = open_page(serving(subject()), "layer=conv2d_1")
    page.evaluate("document.querySelector('#opening').firstChild.open = true")
    page.evaluate(DROP, ["ramp.png", base64.b64encode(png()).decode()])
    page.locator("details:not([open])").wait_for()
    page.wait_for_selector("#working:empty", state="attached")
    require_the_picture(page, tmp_path)


def test_a_model(open_page):
    page = open_page(serving(subject()), "layer=conv2d_1")
    page.get_by_text("Open another image or model").click()
    page.get_by_label("ONNX file").set_input_files(MODEL)
    page.get_by_label("Size:").fill("7x6")
    page.get_by_label("Mean:").fill("0.5,0.25,1")
    page.get_by_role("button", name="Open the model").click()
    opened(page, "edges.onnx")
    shown = numbers(page, "Input")
    assert max(shown) == (6, 5)
    assert set(shown.values()) == {0.5}  # as long as there is no image, all of it is white
    assert page.title() == "edges.onnx · Explorer"


def test_a_model_dropped_on_the_page(open_page):
    page = open_page(serving(subject()))
    page.evaluate(DROP, ["edges.ONNX", base64.b64encode(onnx_convolution()).decode()])
    opened(page, "edges.ONNX")


def test_what_cannot_be_opened_leaves_the_page_as_it_is(open_page):
    page = open_page(serving(subject()), "layer=conv2d_1&output=3", refused=True)
    before = numbers(page, "Output")
    page.get_by_text("Open another image or model").click()
    page.get_by_label("Mean:").fill("0.5")
    page.get_by_label("Image", exact=True).set_input_files(BROKEN)
    alert = page.get_by_role("alert")
    alert.get_by_text("the image cannot be read").wait_for()
    lines = alert.locator("pre").inner_text().splitlines()
    assert [line.partition(":")[0].strip() for line in lines] == [
        "read_image",
        "needed",
        "received",
        "try",
    ]
    assert numbers(page, "Output") == before
    assert page.get_by_label("Mean:").input_value() == "0.5"
    alert.get_by_role("button", name="Close").click()
    assert alert.inner_text() == ""
    page.get_by_label("Image", exact=True).set_input_files(PICTURE)  # the page works on
    page.locator("details:not([open])").wait_for()
    page.wait_for_selector("#working:empty", state="attached")
    assert numbers(page, "Output") != before


def test_it_says_that_the_network_is_at_work(open_page):
    page = open_page(serving(subject()))
    held = []
    page.route("**/pick?*", lambda route: route.continue_() if held else held.append(route))
    page.get_by_role("button", name="digit 7", exact=True).click()
    page.get_by_role("status").get_by_text("The network is at work …").wait_for()
    # One thing after the other: of what is asked meanwhile the last counts.
    page.get_by_role("button", name="digit 9", exact=True).click()
    page.get_by_role("button", name="digit 8", exact=True).click()
    assert len(held) == 1
    held[0].continue_()
    page.locator("#pick-8[aria-pressed=true]").wait_for()
    page.wait_for_selector("#working:empty", state="attached")
    assert page.locator("#pick-8[aria-pressed=true]").count() == 1


def test_a_page_that_shows_an_earlier_run_says_so(open_page):
    address = serving(subject())
    page = open_page(address, "layer=conv2d_1", refused=True)
    assert post(address, "pick", element=9)[0] == 200  # by another window, say
    page.evaluate("location.hash = 'layer=conv2d_2'")
    page.get_by_role("alert").get_by_text("shows an earlier run").wait_for()


def test_escape_closes_the_fields(open_page):
    page = open_page(serving(subject()))
    page.get_by_text("Open another image or model").click()
    page.get_by_label("Scale:").press("Escape")
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("document.activeElement.id") == "opening-summary"
