"""The page with a server behind it: it asks for what it shows, and for nothing else."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from stridewise.networks import lenet5
from stridewise.traces import record_network
from tests.explorer.grids import numbers
from tests.explorer.serving import serving


@pytest.fixture(scope="module")
def served():
    """The address of a server in a thread, and its trace."""
    image = np.random.default_rng(4).standard_normal((1, 28, 28, 1), np.float32)
    trace = record_network(lenet5(), image, element=3)
    return serving(trace), trace


def open_layer(page, name, channel):
    card = page.locator(f"section[data-name={name}]")
    card.scroll_into_view_if_needed()
    card.get_by_role("button", name=f"{name}, channel {channel}", exact=True).click()
    page.locator(f".card.open[data-name={name}]").wait_for()


def test_a_served_page_shows_the_same_numbers(open_page, served):
    address, trace = served
    page = open_page(address)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_layer(page, "conv2d_2", 7)
    page.get_by_role("button", name="Gradient by the weights").click()
    by_weight = trace.arrays["grad_weight/conv2d_2/weight"][..., 0, 7]
    page.get_by_role("grid", name="Gradient of the weights").wait_for()
    for place, value in numbers(page, "Gradient of the weights").items():
        assert value == pytest.approx(by_weight[place], rel=1e-5)
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}
    wanted = {name for url in asked for name in parse_qs(urlsplit(url).query).get("name", ())}
    assert "grad_weight/conv2d_2/weight" in wanted
    assert not any("dense" in name and "weight" in name for name in wanted)


def test_the_layer_asked_for_last_is_the_one_that_opens(open_page, served):
    address, trace = served
    page = open_page(address)
    held = []
    page.route("**/array?*conv2d_2*", lambda route: held.append(route))  # answers that are late
    page.evaluate("location.hash = 'layer=conv2d_2'")
    page.wait_for_timeout(150)
    page.evaluate("location.hash = 'layer=maxpool_1&output=2'")
    page.get_by_role("heading", name="maxpool_1 · MaxPool").wait_for()
    assert held
    for route in held:
        route.continue_()
    page.wait_for_timeout(300)
    assert page.get_by_role("heading", name="maxpool_1 · MaxPool").count() == 1
    shown = numbers(page, "Output")
    assert shown[3, 4] == pytest.approx(trace.arrays["y/maxpool_1"][3, 4, 2], rel=1e-5)
