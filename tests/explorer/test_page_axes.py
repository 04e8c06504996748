"""What a window meets beyond the ordinary: padding of each kind, losers, one axis and three."""

import numpy as np
import pytest

from stridewise.layers import Conv1D, Conv3D
from stridewise.networks import Sequential
from stridewise.traces import record_conv2d, record_network, record_pool2d
from tests.explorer.grids import cell, marked, numbers, status


def test_padding_says_what_it_counts_for(open_page):
    x = np.ones((1, 5, 5, 1))
    for trace, text in [
        (record_conv2d(x, np.ones((3, 3, 1, 1)), padding=1), "0"),
        (record_pool2d(x, 3, padding=1), "−∞"),
        (record_pool2d(x, 3, kind="average", padding=1), "0"),
    ]:
        page = open_page(trace)
        assert cell(page, "Input", -1, 2).inner_text() == text
    page = open_page(record_pool2d(x, 2, kind="average", stride=2, ceil_mode=True))
    assert cell(page, "Input", 5, 5).inner_text() == "·"
    assert cell(page, "Input", 5, 5).get_attribute("title") == "beyond the input, not counted"


def test_the_losers_of_a_maximum_get_nothing(open_page):
    page = open_page(
        record_pool2d(np.arange(16.0).reshape(1, 4, 4, 1), 2),
        "mode=byInput&layer=max_pool2d&cell=0,1",
    )
    assert marked(page, "Gradient of the input") == {
        (0, 2): "loser",
        (0, 3): "loser",
        (1, 2): "loser",
        (1, 3): "winner",
    }
    assert "all others of the window: + 0" in page.locator(".formula").inner_text()


def test_planes_of_a_volume(open_page, rng):
    x = rng.standard_normal((1, 4, 5, 5, 1))
    network = Sequential([Conv3D(2, 3, padding=1)], x.shape[1:], dtype=np.float64)
    trace = record_network(network, x)
    name = trace.document["outputs"][0]
    page = open_page(trace, f"layer={name}&plane=2&tap=0&output=1&cell=2,2")
    assert status(page).startswith("Output (2, 2, 2) = ")
    assert "planes 1 to 3, rows 1 to 3, columns 1 to 3" in status(page)
    shown = numbers(page, "Input")
    assert shown[3, 4] == pytest.approx(x[0, 1, 3, 4, 0], rel=1e-6)
    page.get_by_label("kernel plane").select_option("2")
    assert numbers(page, "Input")[3, 4] == pytest.approx(x[0, 3, 3, 4, 0], rel=1e-6)
    page.get_by_label("output plane").select_option("3")
    assert cell(page, "Input", 3, 4).inner_text() == "0"  # the plane lies in the padding
    wanted = trace.arrays[f"y/{name}"][3, 2, 2, 1]
    assert numbers(page, "Output")[2, 2] == pytest.approx(wanted, rel=1e-6)


def test_a_signal_is_one_row(open_page, rng):
    x = rng.standard_normal((1, 9, 1))
    network = Sequential([Conv1D(1, 3, stride=2)], x.shape[1:], dtype=np.float64)
    page = open_page(record_network(network, x))
    cell(page, "Output", 0, 1).hover()
    assert marked(page, "Input") == {(0, column): "window" for column in (2, 3, 4)}
    assert status(page).startswith("Output (1) = ")
    assert status(page).endswith("window columns 2 to 4")
