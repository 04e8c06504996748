"""What a hostile file must meet: an error that says why, soon, and in little memory."""

import resource
import time
import tracemalloc

import pytest

from stridewise.errors import StridewiseError
from stridewise.exchange.onnx import load

MOST_BYTES = 100 * 2**20


def peak_of_process():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.fixture
def refused(tmp_path):
    """Load what cannot be loaded; give the message."""

    def refuse(source, match):
        if hasattr(source, "SerializeToString"):
            source = source.SerializeToString()
        files = sorted(tmp_path.rglob("*"))
        peak, began = peak_of_process(), time.process_time()
        with pytest.raises(StridewiseError, match=match) as caught:
            load(source)
        assert time.process_time() - began < 1
        assert peak_of_process() - peak < MOST_BYTES  # the parser's memory too
        tracemalloc.start()
        try:
            with pytest.raises(StridewiseError):
                load(source)
            assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
        finally:
            tracemalloc.stop()
        assert sorted(tmp_path.rglob("*")) == files
        message = str(caught.value)
        assert "  needed:   " in message
        assert len(message) < 10_000
        return message

    return refuse


@pytest.fixture
def light():
    """Load what may be large in name only: an array of one number, repeated, is no memory."""

    def read(source):
        content = source.SerializeToString()
        peak, began = peak_of_process(), time.process_time()
        network = load(content)
        assert time.process_time() - began < 1
        assert peak_of_process() - peak < MOST_BYTES
        return network

    return read
