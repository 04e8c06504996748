"""Whatever the bytes of a checkpoint are: a CheckpointError, soon, or a checkpoint."""

import functools
import json
import struct
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridewise.datasets import Normalisation
from stridewise.errors import CheckpointError
from stridewise.layers import BatchNorm, Conv2D, Dense, Flatten
from stridewise.networks import Sequential
from stridewise.training import Checkpoint, load_checkpoint, save_checkpoint

FILES = ("model.json", "model.safetensors")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The bytes of a good checkpoint's two files."""
    folder = tmp_path_factory.mktemp("good")
    network = Sequential([Conv2D(2, 3), BatchNorm(), Flatten(), Dense(3)], (5, 4, 1))
    normalisation = Normalisation((0.25,), (0.5,))
    save_checkpoint(folder, Checkpoint(network, ("ab", "cd", "ef"), normalisation))
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture
def loaded(tmp_path, good):
    """Load a checkpoint whose files are the good ones but for those that are given."""

    def load(**changed):
        for name in FILES:
            (tmp_path / name).write_bytes(changed.get(name.split(".")[1], good[name]))
        return load_checkpoint(tmp_path)

    return load


def header_of(data):
    (size,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def with_header(header, body):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


@pytest.mark.parametrize("keep", [0, 1, 7, 8, 9, 100, -1])
@pytest.mark.parametrize("name", FILES)
def test_truncated(loaded, good, name, keep):
    with pytest.raises(CheckpointError, match=f"{name} is damaged, or not of this network"):
        loaded(**{name.split(".")[1]: good[name][:keep]})


@pytest.mark.parametrize("name", FILES)
def test_random_bytes(loaded, name):
    for seed in range(20):
        data = np.random.default_rng(seed).bytes(300)
        with pytest.raises(CheckpointError, match=f"{name} is damaged"):
            loaded(**{name.split(".")[1]: data})


@pytest.mark.parametrize(
    "text",
    ["[]", "[1, 2]", '"text"', "1", "1.5", "null", "true", "NaN", "{", "", "{}}", "\ufeff{}"],
)
def test_json_of_a_wrong_kind(loaded, text):
    with pytest.raises(CheckpointError, match=r"(?s)model\.json is damaged.*Error: "):
        loaded(json=text.encode())


def test_json_that_is_not_utf8(loaded):
    with pytest.raises(CheckpointError, match=r"model\.json is damaged"):
        loaded(json=b'{"format": "\xff\xfe\xfa"}')


@pytest.mark.parametrize("depth", [100, 900, 1_000, 5_000, 100_000, 3_000_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting(loaded, depth, opening):
    closing = "]" if opening == "[" else "}"
    middle = "" if opening == "[" else "0"
    nested = opening * depth + middle + closing * depth
    for text in (nested, f'{{"format": {nested}}}', f'{{"format": 1, "network": {nested}}}'):
        with pytest.raises(CheckpointError, match=r"model\.json (is damaged|cannot be read)"):
            loaded(json=text.encode())


def test_a_description_of_unreasonable_length(loaded):
    data = b'{"format": 1, "classes": "' + b"x" * 2**24 + b'"}'
    with pytest.raises(CheckpointError, match="16,777,216 are the most"):
        loaded(json=data)


def test_more_nodes_than_any_network_has(loaded, good):
    description = json.loads(good["model.json"])
    node = {"layer": "Flatten", "inputs": ["input"], "options": {}}
    description["network"]["nodes"] = [node | {"name": str(k)} for k in range(10_001)]
    with pytest.raises(CheckpointError, match="10001 nodes"):
        loaded(json=json.dumps(description).encode())


@pytest.mark.parametrize("size", [0, -1, 2**31, 2**63, 10**30])
def test_inputs_of_no_size_or_an_absurd_one(loaded, good, size):
    description = json.loads(good["model.json"])
    description["network"]["inputs"] = {"input": [size, 4, 1]}
    with pytest.raises(CheckpointError, match=rf"out of range(?s:.)*\({size}, 4, 1\)"):
        loaded(json=json.dumps(description).encode())


def claims(shape, offsets, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


@pytest.mark.parametrize(
    "claimed",
    [
        claims([2**40], [0, 2**42]),
        claims([2**40, 2**40], [0, 8]),
        claims([2**62], [0, 8]),
        claims([0, 2**62], [0, 0]),
        claims([1] * 100, [0, 4]),
        claims([2], [2**60, 2**60 + 8]),
        claims([2], [8, 0]),
        claims([-2], [0, 8]),
        claims([2], [0, 8], "F33"),
        claims([4], [0, 8], "BF16"),
        claims([1e400], [0, 8]),
    ],
)
def test_claimed_sizes_are_not_believed(loaded, good, claimed):
    header, body = header_of(good["model.safetensors"])
    began = time.perf_counter()
    tracemalloc.start()
    try:
        for changed in ({"conv2d_1/bias": claimed}, header | {"conv2d_1/bias": claimed}):
            with pytest.raises(CheckpointError, match=r"model\.safetensors is damaged"):
                loaded(safetensors=with_header(changed, body))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * 2**20
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("size", [2**63, 2**64 - 1, 2**40, 10**8 + 1])
def test_a_header_of_absurd_length(loaded, good, size):
    data = struct.pack("<Q", size) + good["model.safetensors"][8:]
    with pytest.raises(CheckpointError, match=r"model\.safetensors is damaged"):
        loaded(safetensors=data)


@pytest.mark.parametrize("header", [b"", b"[]", b"null", b"{", b"\xff" * 9, b"[" * 100_000])
def test_a_header_that_is_none(loaded, header):
    with pytest.raises(CheckpointError, match=r"model\.safetensors is damaged"):
        loaded(safetensors=with_header(header, b""))


# JSON's own letters are put in often: they get further into the reader than random bytes do.
changes = st.lists(
    st.tuples(
        st.integers(0, 10**9),
        st.one_of(st.integers(0, 255), st.sampled_from(b'0123456789-.eE,:"{}[]')),
    ),
    min_size=1,
    max_size=4,
)


def mutated(data, changed, upto):
    array = bytearray(data)
    for place, byte in changed:
        array[place % upto] = byte
    return bytes(array)


def must_be_whole_or_refused(load):
    try:
        checkpoint = load()
    except CheckpointError as error:
        assert str(error).count("\n  ") == 3  # noqa: PT017 - either outcome is right
        return
    ((H, W, C),) = checkpoint.network.inputs.values()
    with np.errstate(all="ignore"):  # numbers were changed, to infinity perhaps
        answer = checkpoint.probabilities(np.full((2, H, W, C), 0.5))
    assert answer.shape == (2, len(checkpoint.classes))


@settings(max_examples=300)
@given(changed=changes)
def test_a_mutated_description(loaded, good, changed):
    data = good["model.json"]
    must_be_whole_or_refused(lambda: loaded(json=mutated(data, changed, len(data))))


@settings(max_examples=300)
@given(changed=changes, anywhere=st.booleans())
def test_mutated_arrays(loaded, good, changed, anywhere):
    data = good["model.safetensors"]
    header = 8 + struct.unpack("<Q", data[:8])[0]
    upto = len(data) if anywhere else header
    must_be_whole_or_refused(lambda: loaded(safetensors=mutated(data, changed, upto)))


@settings(max_examples=100)
@given(cut=st.integers(0, 10**6), filling=st.binary(max_size=40))
def test_a_piece_is_replaced(loaded, good, cut, filling):
    for name in FILES:
        at = cut % len(good[name])
        data = good[name][:at] + filling + good[name][at + 7 :]
        must_be_whole_or_refused(functools.partial(loaded, **{name.split(".")[1]: data}))
