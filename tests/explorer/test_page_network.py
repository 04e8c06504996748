"""The page as a whole: modes, channels, stepping, its address, both languages, any screen."""

import time

import numpy as np
import pytest

from stridewise.traces import record_conv2d
from tests.explorer.grids import cell, grid, marked, number, numbers, status

MODES = {
    "Forward": ("forward", "Input", "Weights", "Output"),
    "Gradient by the input": (
        "byInput",
        "Gradient of the input",
        "Weights",
        "Gradient of the output",
    ),
    "Gradient by the weights": (
        "byWeight",
        "Input",
        "Gradient of the weights",
        "Gradient of the output",
    ),
}


@pytest.fixture
def convolution(rng):
    """Two groups of two channels each, three outputs of each."""
    x, weight = rng.standard_normal((1, 6, 5, 4)), rng.standard_normal((3, 2, 2, 6))
    shape = record_conv2d(x, weight, groups=2).arrays["y/conv2d"].shape
    return record_conv2d(x, weight, grad_y=rng.standard_normal((1, *shape)), groups=2)


def test_every_mode_shows_its_arrays(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&output=4&input=3")
    arrays = convolution.arrays
    wanted = {
        "Input": arrays["y/x"][..., 3],
        "Weights": arrays["weight/conv2d/weight"][..., 1, 4],
        "Output": arrays["y/conv2d"][..., 4],
        "Gradient of the input": arrays["grad/x"][..., 3],
        "Gradient of the weights": arrays["grad_weight/conv2d/weight"][..., 1, 4],
        "Gradient of the output": arrays["grad/conv2d"][..., 4],
    }
    for title, (mode, *labels) in MODES.items():
        page.get_by_role("button", name=title, exact=True).click()
        assert f"mode={mode}" in page.url
        assert page.get_by_role("grid").count() == 3
        for label in labels:
            shown = numbers(page, label)
            assert set(shown) == set(np.ndindex(wanted[label].shape))
            for place, value in shown.items():
                assert value == pytest.approx(wanted[label][place], abs=1e-6)
        pressed = page.locator("button[aria-pressed=true]").all_inner_texts()
        assert pressed == [title]


def test_the_gradient_of_an_input_is_gathered(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&mode=byInput&output=4&input=3&cell=1,2")
    assert page.locator(".formula li").count() == 6
    cell(page, "Gradient of the input", 1, 2).hover()
    terms, total, said = page.locator(".formula > p").all_inner_texts()
    assert terms.startswith("dA(1, 2) = ")
    added = [number(term) for term in terms.removeprefix("dA(1, 2) = ").split(" + ")]
    assert round(100 * sum(added)) == round(100 * number(total.removeprefix("= ")))
    assert number(said.rpartition(": ")[2]) == pytest.approx(
        convolution.arrays["grad/x"][1, 2, 3], rel=1e-5
    )
    page.get_by_role("button", name="Gradient by the weights").click()
    assert page.locator(".formula li").count() == 6
    cell(page, "Gradient of the weights", 2, 1).hover()
    _, total = page.locator(".formula > p").all_inner_texts()
    wanted = convolution.arrays["grad_weight/conv2d/weight"][2, 1, 1, 4]
    assert number(total.removeprefix("= ")) == pytest.approx(wanted, abs=5e-3)


def test_channels_are_those_of_the_group(open_page, convolution):
    page = open_page(convolution, "layer=conv2d")
    inputs, outputs = page.get_by_label("input channel"), page.get_by_label("output channel")
    assert outputs.locator("option").all_inner_texts() == list("012345")
    assert inputs.locator("option").all_inner_texts() == ["0", "1"]
    outputs.select_option("5")
    assert inputs.locator("option").all_inner_texts() == ["2", "3"]
    inputs.select_option("3")
    assert "output=5&input=3&cell=2%2C2" in page.url
    assert numbers(page, "Input")[0, 0] == pytest.approx(convolution.arrays["y/x"][0, 0, 3])


def test_stepping(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&cell=0,0")

    def chosen():
        (place,) = marked(page, "Output")
        return place

    page.get_by_role("button", name="Next", exact=True).click()
    assert chosen() == (0, 1)
    for _ in range(2):
        page.get_by_role("button", name="Previous", exact=True).click()
    assert chosen() == (3, 3)  # round and round
    page.get_by_label("Step", exact=True).fill("6")
    assert chosen() == (1, 2)
    assert "7 / 16" in page.locator(".player").inner_text()

    page.get_by_label("Speed").select_option("8")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_text("11 / 16", exact=True).wait_for()
    page.get_by_role("button", name="Pause", exact=True).click()
    stopped = chosen()
    time.sleep(0.25)
    assert chosen() == stopped

    page.get_by_role("button", name="Play", exact=True).click()
    cell(page, "Input", 0, 0).hover()
    assert page.get_by_role("button", name="Play", exact=True).count() == 1
    page.mouse.move(2, 2)
    page.get_by_role("button", name="Pause", exact=True).wait_for()  # and on it goes


def test_the_address_reopens_the_same_view(open_page, lenet):
    page = open_page(lenet)
    card = page.locator("section[data-name=conv2d_2]")
    card.scroll_into_view_if_needed()
    card.get_by_role("button", name="conv2d_2, channel 5", exact=True).click()
    page.get_by_role("button", name="Gradient by the weights").click()
    page.get_by_label("input channel").select_option("2")
    cell(page, "Gradient of the output", 1, 3).click()
    page.wait_for_timeout(300)  # the address is not written more often than browsers like

    def seen():
        shown = {label: numbers(page, label) for label in MODES["Gradient by the weights"][1:]}
        return page.url, status(page), shown, marked(page, "Input")

    before = seen()
    for part in ("layer=conv2d_2", "mode=byWeight", "output=5", "input=2", "cell=1%2C3"):
        assert part in page.url
    page.reload()
    page.wait_for_selector("body[data-ready=true]")
    assert seen() == before
    assert page.locator(".card.open").get_attribute("data-name") == "conv2d_2"


def test_an_address_that_makes_no_sense_opens_something(open_page, convolution):
    page = open_page(convolution)
    for fragment in (
        "layer=toString",
        "layer=nothing&mode=none&output=-1&input=x&cell=1,b",
        "layer=conv2d&mode=byWeight&output=99&input=99&cell=-7,1e9",
        "%%%",
    ):
        page.goto(f"{page.url.partition('#')[0]}#{fragment}")
        page.reload()
        page.wait_for_selector("body[data-ready=true]")
        assert page.get_by_role("grid").count() == 3


def test_the_search_hides_layers_and_links_jump(open_page, lenet):
    page = open_page(lenet)
    names = lenet.document["inputs"] + [node["name"] for node in lenet.document["nodes"]]
    cards = page.locator(".card")
    assert cards.count() == len(names)
    field = page.get_by_label("Find a layer")
    for wanted, found in [("CONV", "conv"), ("maxpool", "maxpool"), ("xyz", "xyz"), ("", "")]:
        field.fill(wanted)
        visible = [card.get_attribute("data-name") for card in cards.all() if card.is_visible()]
        assert visible == [name for name in names if found in name]
    page.get_by_role("button", name="← conv2d_2", exact=True).click()
    assert page.evaluate("document.activeElement.textContent") == "conv2d_2"


def test_the_prediction(open_page, lenet):
    page = open_page(lenet)
    logits = lenet.arrays["y/" + lenet.document["outputs"][0]].astype(np.float64)
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    order = np.argsort(-shares)
    rows = page.locator("#prediction tbody tr")
    texts = [row.locator("th, td").all_inner_texts() for row in rows.all()]
    assert [row[0] for row in texts] == [f"digit {n}" for n in order]
    assert [row[2] for row in texts] == [f"{share:.4f}" for share in shares[order]]
    widths = page.eval_on_selector_all(
        "#prediction .meter div", "bars => bars.map(bar => bar.getBoundingClientRect().width)"
    )
    assert widths == sorted(widths, reverse=True)
    assert page.locator("#prediction tr.chosen th").inner_text() == "digit 3"
    loss = number(page.locator("#prediction p").first.inner_text().rpartition(": ")[2])
    assert loss == pytest.approx(-np.log(shares[3]), rel=1e-5)


def test_what_the_loss_depends_on(open_page, lenet):
    """The pixel with the largest gradient has the colour of the end of the scale."""
    page = open_page(lenet)
    gradient = lenet.arrays["grad/input"][..., 0]
    row, column = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
    image, shown = page.locator("#prediction canvas").all()
    assert image.get_attribute("aria-label") == "input, channel 0"
    assert (
        shown.get_attribute("aria-label")
        == "Gradient of the loss of class digit 3 by the image, channel 0"
    )
    pixel = shown.evaluate(
        "(c, [y, x]) => [...c.getContext('2d').getImageData(x, y, 1, 1).data]",
        [int(row), int(column)],
    )
    assert pixel == ([179, 88, 6, 255] if gradient[row, column] > 0 else [33, 102, 172, 255])


def test_both_languages(open_page, convolution):
    page = open_page(convolution, "layer=conv2d&output=4&cell=1,2")
    before = page.url
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="中文", exact=True).click()
    page.get_by_role("button", name="播放", exact=True).wait_for()
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert grid(page, "权重").count() == 1
    assert before.partition("&cell")[0] == page.url.partition("&cell")[0]
    stopped = status(page)
    time.sleep(0.8)
    assert status(page) == stopped  # nobody plays on behind it
    page.get_by_role("button", name="English", exact=True).click()
    grid(page, "Weights").wait_for()


def test_the_browsers_language(open_page, convolution):
    page = open_page(convolution, locale="zh-CN")
    assert page.get_by_role("button", name="对输入的梯度", exact=True).count() == 1
    assert status(page).startswith("输出 (2, 2) = ")


def test_dark_differs_from_light(open_page, convolution):
    seen = {}
    for scheme in ("light", "dark"):
        page = open_page(convolution, color_scheme=scheme)
        seen[scheme] = (
            page.screenshot(),
            page.evaluate("getComputedStyle(document.documentElement).backgroundColor"),
        )
    assert seen["light"][0] != seen["dark"][0]
    assert [seen[scheme][1] for scheme in seen] == ["rgb(255, 255, 255)", "rgb(20, 24, 29)"]


@pytest.mark.parametrize("width", [360, 640])  # a telephone, and 1280 pixels at 200 %
def test_a_narrow_screen_never_scrolls_sideways(open_page, lenet, width):
    page = open_page(lenet, viewport={"width": width, "height": 740})
    for layer in ("conv2d_1", "maxpool_1", "activation_1", "dense_3", "input"):
        page.goto(f"{page.url.partition('#')[0]}#layer={layer}")
        page.locator(f".card.open[data-name={layer}]").wait_for(state="attached")
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
