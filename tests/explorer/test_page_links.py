"""Addresses: what they reopen, and what they do where there is no such thing."""

import numpy as np

from stridewise.explorer import Shown, exported
from stridewise.layers import MaxPool
from stridewise.networks import Graph, Sequential
from stridewise.traces import record_network
from tests.explorer.grids import numbers, status
from tests.explorer.serving import serving, subject


def test_a_link_into_another_model_opens_the_beginning_and_says_so(open_page, lenet):
    page = open_page(lenet, "model=network&layer=conv2d_2&output=3")
    assert "layer=conv2d_2" in page.url
    page = open_page(lenet, "model=another&layer=conv2d_2&output=3&pinned=1")
    assert "layer=conv2d_1" in page.url
    assert "pinned" not in page.url
    assert "“conv2d_2” of “another”" in page.get_by_role("alert").inner_text()


def test_a_network_of_nothing_shows_its_input(open_page):
    network = Graph({"x": (3, 4, 1)}, [], ["x"])
    page = open_page(record_network(network, np.ones((1, 3, 4, 1))))
    assert len(numbers(page, "x")) == 12


def test_a_layer_without_a_window_says_which_it_is(open_page, lenet):
    page = open_page(lenet, "layer=maxpool_1")
    page.evaluate("location.hash = 'layer=dense_3'")
    page.get_by_text("This layer has no window").wait_for()
    assert status(page) == "dense_3 · Dense"


def test_the_list_shows_the_layer_that_was_linked_to(open_page, rng):
    x = rng.standard_normal((1, 40, 40, 1))
    network = Sequential([MaxPool(2, stride=1) for _ in range(20)], x.shape[1:])
    page = open_page(record_network(network, x), "layer=maxpool_18")
    box = page.locator(".card.open").bounding_box()
    assert 0 < box["y"] < 900
    assert page.evaluate("scrollY") == 0


def test_the_class_that_was_picked_and_the_language_are_in_the_address(open_page):
    page = open_page(serving(subject()))
    page.locator("#pick-7").click()
    page.locator("#pick-7[aria-pressed=true]").wait_for()
    page.locator("#pick-score").click()
    page.locator("#pick-score[aria-pressed=true]").wait_for()
    page.get_by_role("button", name="中文").click()
    page.get_by_role("heading", name="预测").wait_for()
    link = page.url
    page.locator("#pick-2").click()
    page.locator("#pick-2[aria-pressed=true]").wait_for()
    again = open_page(link.partition("#")[0], link.partition("#")[2])
    assert again.locator("#pick-7").get_attribute("aria-pressed") == "true"
    assert again.locator("#pick-score").get_attribute("aria-pressed") == "true"
    assert again.get_by_role("heading", name="预测").count() == 1


def test_a_page_can_say_where_it_begins(open_page, lenet, tmp_path):
    file = tmp_path / "begins.html"
    file.write_text(exported(lenet, "layer=conv2d_2&output=3&cell=1,2"), "utf-8")
    page = open_page(file.as_uri())
    assert "layer=conv2d_2" in page.url
    assert "output=3" in page.url
    assert "cell=1%2C2" in page.url
    page = open_page(file.as_uri(), "layer=maxpool_1")  # the address knows better
    assert "layer=maxpool_1" in page.url


def test_a_frame_can_say_where_it_begins(browser, lenet):
    page = browser.new_page()
    page.set_content(Shown(lenet, at='layer=maxpool_1&x="><b>')._repr_html_())
    frame = page.frame_locator("iframe")
    frame.locator("body[data-ready=true]").wait_for()
    assert "maxpool_1" in frame.locator("#layer h2").inner_text()
    assert frame.locator("b").count() == 0
    page.close()
