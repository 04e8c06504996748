"""What is tested here is the measuring, not an engine."""

import pytest

from stridewise.engines import use_engine


@pytest.fixture(autouse=True)
def _numpy_engine():
    with use_engine("numpy"):
        yield
