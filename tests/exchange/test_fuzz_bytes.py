"""Right models with a few bytes changed: a network or a StridewiseError, and soon."""

import time

import numpy as np
import pytest

from stridewise.errors import StridewiseError
from stridewise.exchange.onnx import load
from tests.exchange.models import arithmetic, convnet

MODELS = [build().SerializeToString() for build in (convnet, arithmetic)]
CASES, AT_ONCE = 300, 10


def changed(content, rng):
    """One to five bytes set, turned over, taken away or put in."""
    content = bytearray(content)
    for _ in range(rng.integers(1, 6)):
        place, length = int(rng.integers(0, len(content))), int(rng.integers(1, 9))
        kind = rng.integers(0, 10)
        if kind < 4:
            content[place] = rng.integers(0, 256)
        elif kind < 6:
            content[place] ^= 1 << rng.integers(0, 8)
        elif kind < 7 and place > 0:
            del content[place:]
        elif kind < 8 and len(content) > length:
            del content[place : place + length]
        else:
            content[place:place] = rng.bytes(length)
    return bytes(content)


def try_to_run(content):
    """Load and run, or be refused; anything else comes out as an error. Says how far it came."""
    began = time.process_time()
    try:
        network = load(content)
    except StridewiseError:
        return "refused"
    finally:
        assert time.process_time() - began < 1
    shapes = [(3, 8, 6) if s is None else tuple(n or 3 for n in s) for s in network.inputs.values()]
    if sum(map(np.prod, shapes)) > 10**5:
        return "too large"
    try:
        # Weights whose bits have changed may be 1e38: NumPy says that products overflow.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            network.predict(*[np.ones((1, *shape), np.float32) for shape in shapes])
    except StridewiseError:
        return "loaded, and refused what came"
    return "loaded"


@pytest.mark.parametrize("seed", range(0, CASES, AT_ONCE))
def test_changed_bytes(seed):
    for case in range(seed, seed + AT_ONCE):
        rng = np.random.default_rng(case)
        try_to_run(changed(MODELS[case % len(MODELS)], rng))


def test_the_changes_are_neither_all_fatal_nor_all_harmless():
    found = {try_to_run(changed(MODELS[n % 2], np.random.default_rng(n))) for n in range(100)}
    assert found >= {"refused", "loaded"}
    assert [try_to_run(content) for content in MODELS] == ["loaded", "loaded"]
