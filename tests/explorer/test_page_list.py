"""The list of layers: pictures as long as they are near, branches, search by keyboard."""

from itertools import pairwise

import numpy as np
import pytest

from stridewise.layers import Add, Conv2D
from stridewise.networks import Graph, residual
from stridewise.traces import Trace, record_conv2d, record_network
from tests.explorer.grids import status

PIXELS = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [canvas.height, canvas.width, [...data]];
}"""
# White, and the ends of the scale, as the page has them.
ZERO, BELOW, ABOVE = np.array([[247, 247, 247], [33, 102, 172], [179, 88, 6]])


@pytest.fixture(scope="module")
def branches():
    """A network with branches, and many more layers than a screen holds."""
    image = np.random.default_rng(6).standard_normal((1, 32, 32, 3), np.float32)
    return record_network(residual(), image)


def card(page, name):
    return page.locator(f".card[data-name='{name}']")


def pixels(page, name, channel):
    """What a picture shows: rows, columns, red green blue."""
    canvas = card(page, name).locator(f"[data-channel='{channel}'] canvas")
    rows, columns, data = canvas.evaluate(PIXELS)
    return np.reshape(data, (rows, columns, 4))[..., :3]


def coloured(values, scale):
    share = np.sqrt(np.abs(values) / scale)[..., None]
    return ZERO + (np.where(values[..., None] < 0, BELOW, ABOVE) - ZERO) * share


def with_tensor(values):
    """A trace whose input is that array, of any rank."""
    trace = record_conv2d(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)))
    tensors = trace.document["tensors"] | {"x": list(values.shape)}
    scales = trace.document["scales"] | {"y/x": float(np.abs(values).max())}
    document = trace.document | {"tensors": tensors, "scales": scales}
    return Trace(document, {**trace.arrays, "y/x": values})


def test_all_maps_of_a_layer_have_one_scale(open_page, rng):
    values = rng.uniform(-1, 1, (9, 7, 20))
    values[4, 4, 19] = -8  # in a map that is not shown yet
    page = open_page(with_tensor(values), "layer=conv2d")
    for channel in (0, 15):
        np.testing.assert_allclose(
            pixels(page, "x", channel), coloured(values[..., channel], 8), atol=1
        )
    assert card(page, "x").locator(".facts").inner_text().endswith("· ±8.00")


def test_large_maps_are_shown_coarsely(open_page, rng):
    values = rng.uniform(-1, 1, (70, 100, 3))
    page = open_page(with_tensor(values), "layer=conv2d")
    seen = pixels(page, "x", 2)
    expected = coloured(values[::3, ::3, 2], np.abs(values).max())
    np.testing.assert_allclose(seen, expected, atol=1)
    assert max(seen.shape) < 64


@pytest.mark.parametrize("shape", [(), (5,), (6, 3), (2, 3, 4, 2)])
def test_tensors_of_any_rank_are_pictures(open_page, rng, shape):
    values = rng.uniform(-1, 1, shape)
    page = open_page(with_tensor(values), "layer=conv2d")
    channels = values.reshape(-1, shape[-1]) if len(shape) > 1 else values.reshape(-1, 1)
    card(page, "x").locator("canvas").last.wait_for()
    assert card(page, "x").locator("canvas").count() == channels.shape[1]
    for channel in range(channels.shape[1]):
        np.testing.assert_allclose(
            pixels(page, "x", channel).reshape(-1, 3),
            coloured(channels[:, channel], np.abs(values).max()),
            atol=1,
        )


def test_more_maps_come_when_they_are_asked_for(open_page, rng):
    values = rng.uniform(-1, 1, (3, 3, 100))
    page = open_page(with_tensor(values), "layer=conv2d")
    maps = card(page, "x").locator(".map")
    maps.last.wait_for()
    assert maps.count() == 16
    for words, first, count in (("x: 64 more", 16, 80), ("x: 20 more", 80, 100)):
        page.get_by_role("button", name=words, exact=True).click()
        assert maps.count() == count
        focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert focused == f"x, channel {first}"
    assert card(page, "x").locator(".more").count() == 0
    card(page, "x").locator("[data-channel='99'] canvas").wait_for()
    expected = coloured(values[..., 99], np.abs(values).max())
    np.testing.assert_allclose(pixels(page, "x", 99), expected, atol=1)


def test_far_cards_give_their_pictures_back(open_page, branches):
    page = open_page(branches, viewport={"width": 1000, "height": 600})
    nav, first = page.get_by_role("navigation"), card(page, "input")
    first.locator("canvas").first.wait_for()
    before = pixels(page, "input", 1)
    height = first.bounding_box()["height"]
    last = branches.document["nodes"][-1]["name"]
    names = [each.get_attribute("data-name") for each in page.locator(".card").all()]
    for name in names[::3]:
        card(page, name).scroll_into_view_if_needed()
        card(page, name).locator("canvas").first.wait_for()
    nav.evaluate("nav => { nav.scrollTop = nav.scrollHeight }")
    card(page, last).locator("canvas").first.wait_for()
    assert first.locator("canvas").count() == 0
    assert first.bounding_box()["height"] == pytest.approx(height, abs=1)
    assert page.locator(".card canvas").count() < 16 * len(names) / 2
    whole = nav.evaluate("nav => nav.scrollHeight")
    nav.evaluate("nav => { nav.scrollTop = 0 }")
    first.locator("canvas").first.wait_for()
    assert nav.evaluate("nav => [nav.scrollTop, nav.scrollHeight]") == [0, whole]
    np.testing.assert_array_equal(pixels(page, "input", 1), before)


def test_branches_are_drawn_beside_the_list(open_page, branches):
    page = open_page(branches)
    nodes = [("input", []), *((n["name"], n["inputs"]) for n in branches.document["nodes"])]
    place = {name: at for at, (name, _) in enumerate(nodes)}
    jumps = {(p, at) for at, (_, takes) in enumerate(nodes) for p in map(place.get, takes)}
    drawn, running = set(), {}
    for at, (name, takes) in enumerate(nodes):
        follows = "follows" in card(page, name).get_attribute("class")
        assert follows == (at > 0 and nodes[at - 1][0] in takes)
        pieces = (
            card(page, name)
            .locator(".rails[aria-hidden=true] i")
            .evaluate_all(
                "all => all.map((i) => [i.className, i.style.getPropertyValue('--lane')])"
            )
        )
        assert {lane for kind, lane in pieces if kind != "start"} == set(running)
        for kind, lane in pieces:
            if kind == "start":
                running[lane] = at
            elif kind in ("stop", "end"):
                drawn.add((running[lane], at))
            if kind == "end":
                del running[lane]
    assert drawn == {(one, other) for one, other in jumps if other > one + 1}
    assert len(drawn) >= 3


def test_only_so_many_branches_are_drawn(open_page, rng):
    """Of six that run side by side four have a rail; the links name all."""
    names = ["image", *"abcdef"]
    nodes = [(one, Conv2D(1, 1), (before,)) for before, one in pairwise(names)]
    nodes.append(("sum", Add(), tuple(names)))
    trace = record_network(
        Graph({"image": (3, 3, 1)}, nodes, ["sum"]), rng.standard_normal((1, 3, 3, 1))
    )
    page = open_page(trace, viewport={"width": 360, "height": 740})
    assert page.locator(".rails .start").count() == page.locator(".rails .end").count() == 4
    assert card(page, "sum").locator(".links button").count() == len(names)
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    boxes = [each.bounding_box()["x"] for each in page.locator(".rails i").all()]
    assert min(boxes) >= page.get_by_role("navigation").bounding_box()["x"]


def test_the_search_by_keyboard(open_page, branches):
    page = open_page(branches)
    before = page.url
    page.keyboard.press("/")
    page.keyboard.type("relu/")
    field = page.get_by_label("Find a layer")
    assert field.input_value() == "relu/"
    page.keyboard.press("Backspace")
    expected = [
        node["name"]
        for node in branches.document["nodes"]
        if "relu" in (node["name"] + node["title"]).lower()
    ]
    found = page.get_by_role("navigation").get_by_role("status")
    assert found.inner_text() == f"layers found: {len(expected)}"
    assert page.locator(".rails").first.is_hidden()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == expected[0]
    assert page.url == before  # nothing is opened yet
    page.evaluate("addEventListener('keydown', event => { window.kept = event.defaultPrevented })")
    page.keyboard.press("Control+f")
    assert page.evaluate("[window.kept, getSelection().toString()]") == [True, "relu"]
    page.keyboard.press("Control+f")  # the browser's own search, from the field
    assert page.evaluate("window.kept") is False
    field.fill("")
    assert found.inner_text() == ""


def test_the_keys_work_in_either_language(open_page, lenet):
    page = open_page(lenet)
    assert page.get_by_role("navigation", name="Network").count() == 1
    page.get_by_role("button", name="中文", exact=True).click()
    page.get_by_role("navigation", name="网络").wait_for()
    page.keyboard.press("Control+f")
    page.keyboard.type("conv")
    assert page.get_by_label("查找层").input_value() == "conv"
    page.get_by_text("找到 2 层", exact=True).wait_for()
    assert "conv2d" not in status(page)  # what is said of a cell is said elsewhere
