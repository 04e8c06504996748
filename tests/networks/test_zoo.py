"""The zoo: sizes that the papers and the course give, and networks that run."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from stridewise.engines import use_engine
from stridewise.errors import OptionError, ShapeError
from stridewise.networks import (
    ZOO,
    digits_convnet,
    layer_facts,
    lenet5,
    residual,
    signs_convnet,
    zoo_network,
)


def parameters(network):
    counted = sum(fact.parameters for fact in layer_facts(network))
    assert counted == sum(array.size for array in network.parameters.values())
    return counted


def test_lenet5():
    network = lenet5()
    facts = {fact.name: fact for fact in layer_facts(network)}
    assert parameters(network) == 61_706
    by_layer = [facts[name].parameters for name in ("conv2d_1", "conv2d_2", "dense_1", "dense_2")]
    assert by_layer == [156, 2416, 48_120, 10_164]
    assert facts["dense_3"].parameters == 850
    assert facts["maxpool_2"].shape == (5, 5, 16)
    assert facts["conv2d_1"].multiply_adds == 28 * 28 * 25 * 6
    assert facts["conv2d_2"].multiply_adds == 10 * 10 * 25 * 6 * 16
    assert facts["maxpool_2"].receptive_field == (16, 16)
    assert [n.layer.initialisation for n in network.nodes if n.layer.kind == "Dense"] == [
        "he",
        "he",
        "glorot",
    ]


def test_signs_convnet():
    network = signs_convnet()
    shapes = [network.shapes[name] for name in ("conv2d_1", "maxpool_1", "conv2d_2", "maxpool_2")]
    assert shapes == [(64, 64, 8), (8, 8, 8), (8, 8, 16), (2, 2, 16)]
    assert network.shapes["flatten_1"] == (64,)
    assert network.shapes[network.outputs[0]] == (6,)
    assert parameters(network) == (16 * 3 + 1) * 8 + (4 * 8 + 1) * 16 + (64 + 1) * 6


def test_digits_convnet():
    network = digits_convnet()
    assert network.shapes["maxpool_1"] == (4, 4, 32)
    assert network.shapes["flatten_1"] == (1024,)
    assert parameters(network) == 10 * 16 + 145 * 32 + 289 * 64 + 1025 * 10


def test_residual():
    network = residual()
    stages = [network.shapes[f"stage{stage}_out"] for stage in (1, 2, 3)]
    assert stages == [(32, 32, 16), (16, 16, 32), (8, 8, 64)]
    assert network.shapes["pooled"] == (64,)
    assert network.outputs == ("logits",)
    names = {node.name: node for node in network.nodes}
    assert names["stage1_sum"].inputs == ("stage1_b_norm", "stem_out")
    assert names["stage2_sum"].inputs == ("stage2_b_norm", "stage2_shortcut_norm")
    assert not any(name.endswith("_conv/bias") for name in network.parameters)
    convolutions = 27 * 16 + 2 * 144 * 16 + (144 + 288 + 16) * 32 + (288 + 576 + 32) * 64
    norms = 2 * (3 * 16 + 3 * 32 + 3 * 64)
    assert parameters(network) == convolutions + norms + 65 * 10
    assert len(network.state) == 2 * 9


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("digits_convnet", (9, 6, 2)),
        ("lenet5", (17, 22, 3)),
        ("residual", (7, 5, 2)),
        ("signs_convnet", (18, 33, 1)),
    ],
)
def test_any_size_and_any_number_of_classes(name, shape, engine, rng):
    network = zoo_network(name, shape, 7, seed=3)
    x = rng.standard_normal((2, *shape))
    y, cache = network.forward(x, training=True)
    assert y.shape == (2, 7)
    gradients = network.backward(np.ones_like(y), cache)
    assert gradients.inputs["input"].shape == x.shape
    assert set(gradients.parameters) == set(network.parameters)
    again = zoo_network(name, shape, 7, seed=3)
    for key, array in network.parameters.items():
        np.testing.assert_array_equal(array, again.parameters[key])
    assert any(
        (array != ZOO[name](shape, 7, seed=4).parameters[key]).any()
        for key, array in network.parameters.items()
    )


def test_the_zoo_is_these_four():
    assert set(ZOO) == {"digits_convnet", "lenet5", "residual", "signs_convnet"}
    for name, make in ZOO.items():
        assert make.__name__ == name


def test_errors():
    with pytest.raises(OptionError, match=r"no network of that name(.|\n)*try:      'lenet5'"):
        zoo_network("lenet", (28, 28, 1), 10)
    with pytest.raises(ShapeError, match="node 'conv2d_2', Conv2D: `kernel_size` does not fit"):
        lenet5((9, 28, 1))
    with pytest.raises(OptionError, match="Dense: `out_features` is out of range"):
        digits_convnet(classes=0)


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize("name", ZOO)
def test_fused_and_frozen_as_node_after_node(rng, name, engine):
    network = zoo_network(name, (32, 32, 3), 5)
    for arrays in (network.parameters, network.state):
        for array in arrays.values():
            array += rng.uniform(0.1, 0.5, array.shape)
    x = rng.standard_normal((3, 32, 32, 3)).astype(np.float32)
    with use_engine(engine):
        wanted, _ = network.forward(x)
        assert_allclose(network.predict(x), wanted, rtol=1e-5)
        assert_allclose(network.frozen()(x), wanted, rtol=1e-4)
