"""Whole networks against ONNX Runtime: nine architectures, and three trained networks."""

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from stridewise.exchange.onnx.backend import StridewiseRep
from stridewise.exchange.onnx.loading import load, translate
from tests.exchange.networks import LIGHT, TRAINED, light, picture, trained


def runtime(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def both(model, x):
    """The answers of ONNX Runtime and ours, in ONNX's layout."""
    session = runtime(model)
    rep = StridewiseRep(translate(model))
    (port,) = rep.translation.inputs  # ONNX Runtime also lists the weights of old files
    return session.run(None, {port.name: x}), rep.run([x])


def assert_equal(theirs, ours):
    """Each number within 1e-3 of itself, or of a thousandth of the largest."""
    for their, our in zip(theirs, ours, strict=True):
        assert their.shape == our.shape
        assert their.dtype == our.dtype
        np.testing.assert_allclose(our, their, rtol=1e-3, atol=1e-6 * np.abs(their).max())


def crop(name, size, channels_mean=0.5, channels_std=0.5):
    """A real picture of the network's size, as these networks take it: (1, 3, H, W)."""
    image = Image.open(picture(name)).convert("RGB").resize(size[::-1])
    pixels = np.asarray(image, np.float32) / 255
    normal = (pixels - channels_mean) / channels_std
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None].astype(np.float32))


@pytest.mark.parametrize("name", [*LIGHT[:7], "zfnet512"])
def test_random_weights(name, rng):
    model = light(name)
    x = rng.standard_normal((1, 3, 224, 224)).astype(np.float32)
    theirs, ours = both(model.SerializeToString(), x)
    assert np.ptp(theirs[0]) > 1e-6  # not the same answer to everything
    assert theirs[0].max() < 0.999  # not saturated
    assert_equal(theirs, ours)


@pytest.mark.parametrize(
    ("name", "file", "size"),
    [
        ("detection", "coffee.png", (416, 608)),
        ("detection", "page.png", (192, 384)),
        ("recognition", "page.png", (48, 320)),
        ("recognition", "text.png", (48, 480)),
        ("direction", "text.png", (48, 192)),
        ("direction", "coffee.png", (48, 192)),
    ],
)
def test_trained_networks_on_real_pictures(name, file, size):
    theirs, ours = both(trained(name).read_bytes(), crop(file, size))
    assert np.ptp(theirs[0]) > 1e-3
    assert_equal(theirs, ours)


def test_every_trained_network_is_tried():
    assert set(TRAINED) == {"detection", "recognition", "direction"}


def test_an_imported_network_runs_on_a_batch_that_it_was_not_exported_for(rng):
    network = load(light("squeezenet").SerializeToString())
    x = rng.standard_normal((3, 224, 224, 3)).astype(np.float32)
    whole = network.predict(x)
    assert whole.shape == (3, 1, 1, 1000)
    np.testing.assert_allclose(whole[1:2], network.predict(x[1:2]), rtol=1e-4, atol=1e-8)


def test_layer_by_layer(rng):
    """Every tensor of a network with branches, not only its last."""
    model = light("shufflenet")
    x = rng.standard_normal((1, 3, 224, 224)).astype(np.float32)
    translation = translate(model.SerializeToString())
    network = translation.graph
    names = [node.name for node in network.nodes if not node.name.endswith((":last", ":first"))]
    for name in names:
        if name not in {output.name for output in model.graph.output}:
            model.graph.output.add().name = name
    session = runtime(model.SerializeToString())
    given = {translation.inputs[0].name: x}
    theirs = dict(
        zip((o.name for o in session.get_outputs()), session.run(None, given), strict=True)
    )
    compared = 0
    for node, y, _ in network.steps(np.moveaxis(x, 1, -1)):
        if node.name in theirs:
            their = theirs[node.name]
            our = np.moveaxis(y, -1, 1) if y.shape != their.shape else y
            np.testing.assert_allclose(our, their, rtol=1e-3, atol=1e-5 * np.abs(their).max())
            compared += 1
    assert compared > 150
