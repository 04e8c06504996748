"""A saved network comes back as it was, and two files that do not fit are refused."""

import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from safetensors.numpy import load, save

from stridewise.datasets import Normalisation
from stridewise.errors import CheckpointError, MissingExtraError, RunError
from stridewise.layers import Activation, Add, Dense, Flatten
from stridewise.networks import ZOO, Graph, Sequential, describe, digits_convnet, zoo_network
from stridewise.training import Checkpoint, atomic_file, load_checkpoint, save_checkpoint

NAMES = ("lying <b>", "größer „standing“")
SHAPES = {
    "digits_convnet": (9, 8, 1),
    "lenet5": (28, 24, 1),
    "signs_convnet": (48, 64, 3),
    "residual": (13, 16, 3),
}


@pytest.fixture
def saved(tmp_path, small_network):
    """The folder of a good checkpoint."""
    save_checkpoint(tmp_path, Checkpoint(small_network(), NAMES, Normalisation((0.4,), (0.3,))))
    return tmp_path


def edit(folder, change):
    path = folder / "model.json"
    description = json.loads(path.read_text())
    change(description)
    path.write_text(json.dumps(description))


@pytest.mark.parametrize("name", ZOO)
def test_every_zoo_network_comes_back(tmp_path, name):
    shape, rng = SHAPES[name], np.random.default_rng(8)
    network = zoo_network(name, shape, 5, seed=2)
    x = rng.random((3, *shape))
    network.forward(x, training=True)  # moves the running statistics of a BatchNorm
    for array in network.parameters.values():
        array += rng.normal(size=array.shape).astype(array.dtype) / 10
    assert bool(network.state) is (name == "residual")
    normalisation = Normalisation(tuple(0.1 * c for c in range(shape[-1])), (0.7,) * shape[-1])
    kept = Checkpoint(network, tuple("abcde"), normalisation)
    save_checkpoint(tmp_path, kept)
    back = load_checkpoint(tmp_path)
    assert (back.classes, back.normalisation) == (kept.classes, kept.normalisation)
    assert describe(back.network) == describe(network)
    for kind in ("parameters", "state"):
        old, new = getattr(network, kind), getattr(back.network, kind)
        assert list(old) == list(new)
        for key, array in old.items():
            assert new[key].dtype == array.dtype
            assert_array_equal(new[key], array)
    assert_array_equal(back.probabilities(x), kept.probabilities(x))
    assert_array_equal(back.network.predict(x), network.predict(x))


def test_what_was_loaded_can_be_trained(saved):
    network = load_checkpoint(saved).network
    for array in (network.parameters | network.state).values():
        array += 1
        assert array.flags.writeable


def test_names_of_classes_come_back(saved):
    assert load_checkpoint(str(saved)).classes == NAMES


def test_float64_stays(tmp_path):
    network = Sequential([Flatten(), Dense(2)], (6, 5, 1), dtype=np.float64)
    network.parameters["dense_1/bias"][...] = [1 / 3, 2 / 3]
    save_checkpoint(tmp_path, Checkpoint(network, NAMES, Normalisation((0.0,), (1.0,))))
    bias = load_checkpoint(tmp_path).network.parameters["dense_1/bias"]
    assert_array_equal(bias, np.array([1 / 3, 2 / 3], np.float64))


def test_saving_twice_gives_the_same_bytes(saved, small_network):
    names = ("model.json", "model.safetensors")
    before = [(saved / name).read_bytes() for name in names]
    save_checkpoint(saved, load_checkpoint(saved))
    assert [(saved / name).read_bytes() for name in names] == before
    assert sorted(path.name for path in saved.iterdir()) == sorted(names)


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
def test_a_missing_file(saved, name):
    (saved / name).unlink()
    with pytest.raises(CheckpointError, match=rf"(?s){name} cannot be read.*No such file"):
        load_checkpoint(saved)


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
def test_a_folder_in_the_place_of_a_file(saved, name):
    (saved / name).unlink()
    (saved / name).mkdir()
    with pytest.raises(CheckpointError, match=rf"(?s){name} cannot be read.*not an ordinary file"):
        load_checkpoint(saved)


def test_no_such_folder_and_a_file_for_a_folder(saved):
    for place in (saved / "nowhere", saved / "model.json"):
        with pytest.raises(CheckpointError, match=r"needed:   a run folder with model\.json"):
            load_checkpoint(place)


def test_files_of_two_networks(saved, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    kept = Checkpoint(digits_convnet(), tuple("0123456789"), Normalisation(mean=(0.0,), std=(1.0,)))
    save_checkpoint(other, kept)
    shutil.copy(other / "model.safetensors", saved)
    with pytest.raises(CheckpointError, match=r"not of this network(?s:.)*conv2d_1/weight"):
        load_checkpoint(saved)
    shutil.copy(saved / "model.json", other)
    with pytest.raises(CheckpointError, match=r"the array `\S+` does not fit the layer"):
        load_checkpoint(other)


def test_an_array_is_missing(saved):
    path = saved / "model.safetensors"
    for name in ("conv2d_1/weight", "batchnorm_1/variance", "dense_1/bias"):
        arrays = load(path.read_bytes())
        lost = arrays.pop(name)
        path.write_bytes(save(arrays))
        with pytest.raises(CheckpointError, match=rf"the array `{name}` does not fit.*none"):
            load_checkpoint(saved)
        path.write_bytes(save(arrays | {name: lost}))
    assert load_checkpoint(saved).classes == NAMES


@pytest.mark.parametrize("name", ["dense_2/bias", "conv2d_1/extra", "x"])
def test_an_array_too_many(saved, name):
    path = saved / "model.safetensors"
    path.write_bytes(save(load(path.read_bytes()) | {name: np.zeros(2, np.float32)}))
    with pytest.raises(CheckpointError, match=f"no layer takes the array '{name}'"):
        load_checkpoint(saved)


@pytest.mark.parametrize(
    ("node", "option", "value", "array"),
    [
        (0, "out_channels", 5, "conv2d_1/weight"),
        (0, "kernel_size", 2, "conv2d_1/weight"),
        (0, "padding", 1, "dense_1/weight"),
        (0, "stride", 2, "dense_1/weight"),
        (5, "out_features", 3, "dense_1/weight"),
        (0, "bias", False, "conv2d_1/bias"),
    ],
)
def test_a_description_of_other_shapes(saved, node, option, value, array):
    def change(description):
        description["network"]["nodes"][node]["options"][option] = value

    edit(saved, change)
    with pytest.raises(CheckpointError, match=f"model.json is damaged(?s:.)*{array}"):
        load_checkpoint(saved)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "format 2, where 1 is known"),
        ({"format": 0}, "format 0"),
        ({"format": "1"}, "format '1'"),
        ({"format": None}, "format None"),
        ({"classes": ["only one"]}, "1 classes, but outputs of shapes"),
        ({"classes": ["a", "b", "c"]}, "3 classes, but outputs of shapes"),
        ({"classes": 2}, "TypeError"),
        ({"normalisation": {"mean": [0.5, 0.5, 0.5], "std": [1, 1, 1]}}, "3 means for 1 channels"),
        ({"normalisation": {"mean": [0.5], "std": [0]}}, "std"),
        ({"normalisation": {"mean": [0.5], "std": [-1]}}, "std"),
        ({"normalisation": {"mean": [0.5]}}, "KeyError: 'std'"),
        ({"normalisation": {"mean": ["0.5"], "std": [1]}}, "not a tuple of numbers"),
        ({"normalisation": {"mean": [float("nan")], "std": [1]}}, "not finite"),
        ({"normalisation": {"mean": [float("inf")], "std": [1]}}, "not finite"),
        ({"normalisation": {"mean": [], "std": []}}, "do not describe channels"),
        ({"normalisation": [1]}, "TypeError"),
        ({"network": None}, "does not describe a network"),
        ({"network": []}, "does not describe a network"),
        ({"network": {}}, "does not describe a network"),
    ],
)
def test_descriptions_that_make_no_sense(saved, change, message):
    edit(saved, lambda description: description.update(change))
    with pytest.raises(CheckpointError, match=f"model.json is damaged(?s:.)*{message}"):
        load_checkpoint(saved)


@pytest.mark.parametrize("key", ["format", "network", "classes", "normalisation"])
def test_a_key_is_missing(saved, key):
    edit(saved, lambda description: description.pop(key))
    with pytest.raises(CheckpointError, match=f"KeyError: '{key}'"):
        load_checkpoint(saved)


@pytest.mark.parametrize(
    ("node", "change", "message"),
    [
        (0, {"layer": "Conv4D"}, "no layer of that name"),
        (0, {"layer": "__class__"}, "no layer of that name"),
        (0, {"layer": "Layer"}, "no layer of that name"),
        (0, {"options": {"evil": 1}}, "does not describe a network"),
        (0, {"options": {"out_channels": 4, "kernel_size": 3, "groups": 0}}, "`groups`"),
        (0, {"options": {"out_channels": 10**400, "kernel_size": 3}}, "'conv2d_1' is too large"),
        (4, {"options": {"rate": 1}}, "rate"),
        (1, {"inputs": ["dense_1"]}, "cycle"),
        (1, {"inputs": ["nobody"]}, "does not exist"),
        (1, {"name": "conv2d_1"}, "not unique"),
        (5, {"shares": "nobody"}, "which is not before"),
    ],
)
def test_nodes_that_make_no_sense(saved, node, change, message):
    edit(saved, lambda description: description["network"]["nodes"][node].update(change))
    with pytest.raises(CheckpointError, match=f"model.json is damaged(?s:.)*{message}"):
        load_checkpoint(saved)


@pytest.mark.parametrize(
    ("layers", "shape", "means", "message"),
    [
        ([Dense(2)], (5,), 1, r"one image \(H, W, C\) in(?s:.)*2 classes, but outputs of shapes"),
        ([Activation("relu")], None, 1, r"2 classes, but .* from inputs of shapes \[None\]"),
        ([Flatten(), Dense(3)], (6, 5, 1), 1, r"2 classes, but outputs of shapes \[\(3,\)\]"),
        ([Flatten(), Dense(2)], (6, 5, 1), 3, r"3 means for 1 channels(?s:.)*Normalisation\.of"),
    ],
)
def test_what_is_no_classifier_of_images_is_refused_before_it_is_saved(
    layers, shape, means, message
):
    network, normalisation = (
        Sequential(layers, shape),
        Normalisation((0.5,) * means, (1.0,) * means),
    )
    with pytest.raises(CheckpointError, match=rf"do not belong together(?s:.)*{message}") as caught:
        Checkpoint(network, NAMES, normalisation)
    assert "damaged" not in str(caught.value)


def test_two_images_are_not_one():
    nodes = [("sum", Add(), ("a", "b")), ("flat", Flatten(), ("sum",)), ("y", Dense(2), ("flat",))]
    network = Graph({"a": (6, 5, 1), "b": (6, 5, 1)}, nodes, ["y"])
    with pytest.raises(CheckpointError, match="one image"):
        Checkpoint(network, NAMES, Normalisation((0.0,), (1.0,)))


@pytest.mark.parametrize("kind", [str, Path])
def test_a_folder_that_is_not_there_is_made(saved, kind):
    kept = load_checkpoint(saved)
    save_checkpoint(kind(saved / "new" / "folder"), kept)
    assert load_checkpoint(saved / "new" / "folder").classes == NAMES


@pytest.mark.parametrize("name", ["model.json", "model.json/deeper", "with\0zero"])
def test_a_folder_that_cannot_be_made(saved, name):
    kept = load_checkpoint(saved)
    with pytest.raises(RunError, match=r"checkpoint: the folder cannot be made(?s:.)*received: '"):
        save_checkpoint(str(saved / name), kept)


@pytest.mark.parametrize("failing", ["model.safetensors", "model.json"])
def test_the_old_checkpoint_of_the_network_survives_a_failing_save(saved, monkeypatch, failing):
    write = atomic_file._temporary
    files = {name: (saved / name).read_bytes() for name in ("model.safetensors", "model.json")}

    def full(path, data):
        if path.name == failing:
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(atomic_file, "_temporary", full)
    # Another network, so that either file alone would be of no use with the other's old one.
    other = Checkpoint(digits_convnet(), tuple("0123456789"), Normalisation((0.0,), (1.0,)))
    with pytest.raises(RunError, match=f"{failing} cannot be written"):
        save_checkpoint(saved, other)
    assert {one.name: one.read_bytes() for one in saved.iterdir()} == files
    assert load_checkpoint(saved).classes == NAMES


def test_without_safetensors(saved, monkeypatch):
    kept = load_checkpoint(saved)
    for name in ("safetensors", "safetensors.numpy"):
        monkeypatch.setitem(sys.modules, name, None)
    install = r"pip install 'stridewise\[train\]'"
    with pytest.raises(MissingExtraError, match=install):
        load_checkpoint(saved)
    with pytest.raises(MissingExtraError, match=install):
        save_checkpoint(saved, kept)


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
def test_a_pipe_or_a_device_in_the_place_of_a_file(saved, name):
    (saved / name).unlink()
    os.mkfifo(saved / name)
    with pytest.raises(CheckpointError, match="not an ordinary file"):
        load_checkpoint(saved)
    (saved / name).unlink()
    (saved / name).symlink_to("/dev/zero")
    with pytest.raises(CheckpointError, match="not an ordinary file"):
        load_checkpoint(saved)
