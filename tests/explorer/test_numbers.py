"""What leaves for the page: bytes, one file, a notebook's frame."""

import base64
import html
import json
import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise import explorer
from stridewise.errors import DataError
from stridewise.explorer import numbers, page
from stridewise.explorer.numbers import embedded, encoded
from stridewise.networks import digits_convnet
from stridewise.traces import Trace, record_conv2d, record_network, record_pool2d


@pytest.fixture
def trace(rng):
    return record_network(digits_convnet(), rng.standard_normal((1, 8, 8, 1)), title="a <b> & c")


def read(shape, content):
    return np.frombuffer(content, "<f4").reshape(shape)


def test_channels_of_an_array(rng):
    array = rng.standard_normal((3, 4, 5)).astype(np.float32)
    assert_array_equal(read(*encoded(array)), array)
    assert_array_equal(read(*encoded(array, 1, 3)), array[..., 1:3])
    assert_array_equal(read(*encoded(array, 3, 99)), array[..., 3:])
    assert encoded(array, 7, 9) == ((3, 4, 0), b"")
    assert_array_equal(read(*encoded(array.transpose(2, 0, 1))), array.transpose(2, 0, 1))


def test_numbers_of_other_dtypes():
    assert_array_equal(read(*encoded(np.array([1e300, -0.0, np.nan]))), [np.inf, -0.0, np.nan])
    assert_array_equal(read(*encoded(np.array([True, False]))), [1, 0])
    assert encoded(np.float64(2.0)[()]) == ((), b"\0\0\0@")


def test_a_page_has_everything_and_asks_for_nothing(trace):
    text = page.exported(trace)
    assert len(text) < 1e6
    assert not re.search(r"""(src|href)=["'](?!data:)""", text)
    assert "connect-src 'none'" in text
    (content,) = re.findall(r'id="content">(.*?)</script>', text, re.DOTALL)
    found = json.loads(content)
    assert found["trace"] == json.loads(json.dumps(trace.document))
    assert found["trace"]["title"] == "a <b> & c"
    assert found["arrays"].keys() == trace.arrays.keys()
    for name, array in trace.arrays.items():
        given = found["arrays"][name]
        assert_array_equal(read(given["shape"], base64.b64decode(given["data"])), array)


def test_no_name_ends_the_script_that_holds_it(trace):
    hostile = Trace({**trace.document, "title": "</script><script>alert(1)</script>"}, {})
    assert "</script>" not in embedded(hostile)
    assert page.exported(hostile).count("<script") == 3


def test_every_page_has_its_own_nonce(trace):
    nonces = re.findall(r'nonce="(.*?)"', page.exported(trace) + page.exported(trace))
    assert len(set(nonces)) == 2


def test_a_page_has_a_bound(monkeypatch, trace):
    monkeypatch.setattr(numbers, "MOST_EMBEDDED", 1000)
    with pytest.raises(DataError, match="too large for one page"):
        page.exported(trace)


def test_every_module_is_in_the_import_map(trace):
    (imports,) = re.findall(
        r'<script type="importmap" nonce=".*?">(.*?)</script>', page.served("n")
    )
    known = json.loads(imports)["imports"]
    for specifier, address in known.items():
        text, kind = page.page_file(address.removeprefix("./page/"))
        assert kind == "text/javascript"
        asked = re.findall(r'^(?:import|export) .*? from "(.*?)";$', text, re.MULTILINE)
        assert set(asked) <= known.keys(), specifier
    assert "stridewise/main" in known


@pytest.mark.parametrize("name", ["index.html", "../page.py", "", "grid", ".js", "grid.js.map"])
def test_files_that_are_none(name):
    assert page.page_file(name) is None


def test_a_notebook_without_a_widget_shows_a_frame(rng):
    x = rng.standard_normal((1, 5, 5, 1))
    for trace in (
        record_conv2d(x, np.ones((2, 2, 1, 1)), [0.5], stride=2),
        record_pool2d(x, 2, kind="average"),
        record_network(digits_convnet(), np.zeros((1, 8, 8, 1)), title='"quoted"'),
    ):
        frame = explorer.Shown(trace)._repr_html_()
        (content,) = re.findall(r'srcdoc="(.*?)"', frame, re.DOTALL)
        assert html.unescape(content).startswith("<!doctype html>")
        assert 'sandbox="allow-scripts allow-downloads"' in frame
    assert 'title="&quot;quoted&quot;"' in frame


def test_one_convolution_in_float32_stays_so():
    trace = record_conv2d(np.ones((1, 3, 3, 1), np.float32), np.ones((2, 2, 1, 1), np.float16))
    assert trace.arrays["y/conv2d"].dtype == np.float32
