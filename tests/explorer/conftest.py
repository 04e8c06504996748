"""A real browser, pages opened in it, and a network to look at."""

import shutil

import numpy as np
import pytest

from stridewise.networks import lenet5
from stridewise.traces import record_network, record_pool2d
from tests.explorer.pages import opening
from tests.explorer.serving import stop_all

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


# Of a module, not of the session: as long as it runs, nobody else can have an event loop.
@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module", autouse=True)
def _no_server_stays():
    yield
    stop_all()


@pytest.fixture
def open_page(browser, tmp_path):
    """Open a trace's page, or an address; what a browser complains of fails the test."""
    with opening(browser, tmp_path) as open_one:
        yield open_one


@pytest.fixture(scope="module")
def lenet():
    """A network of many layers, and a picture of noise."""
    image = np.random.default_rng(3).standard_normal((1, 28, 28, 1), np.float32)
    return record_network(lenet5(), image, element=3, labels=[f"digit {n}" for n in range(10)])


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """Some page, for tests of its modules."""
    with opening(browser, tmp_path_factory.mktemp("page")) as open_one:
        yield open_one(record_pool2d(np.zeros((1, 2, 2, 1)), 2))
