"""Networks that are known by name."""

from __future__ import annotations

from collections.abc import Callable

from stridewise.layers import (
    Activation,
    Add,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool,
    Layer,
    MaxPool,
)
from stridewise.layers.layer import Shape
from stridewise.networks.graph import Graph
from stridewise.networks.sequential import Sequential
from stridewise.options import require_choice

__all__ = ["ZOO", "digits_convnet", "lenet5", "residual", "signs_convnet", "zoo_network"]


def digits_convnet(
    input_shape: Shape = (8, 8, 1), classes: int = 10, *, seed: int = 0
) -> Sequential:
    """Three 3×3 convolutions for small images; what the demo trains.

    Examples
    --------
    >>> digits_convnet().shapes["maxpool_1"]
    (4, 4, 32)
    """
    return Sequential(
        [
            Conv2D(16, 3, padding="same"),
            Activation("relu"),
            Conv2D(32, 3, padding="same"),
            Activation("relu"),
            MaxPool(2),
            Conv2D(64, 3, padding="same"),
            Activation("relu"),
            Flatten(),
            Dropout(0.3),
            Dense(classes),
        ],
        input_shape,
        seed=seed,
    )


def lenet5(input_shape: Shape = (28, 28, 1), classes: int = 10, *, seed: int = 0) -> Sequential:
    """Two 5×5 convolutions and three dense layers, with the relu and max pooling of today.

    References
    ----------
    Y. LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998, figure 2.

    Examples
    --------
    >>> network = lenet5()
    >>> sum(array.size for array in network.parameters.values())
    61706
    """
    return Sequential(
        [
            Conv2D(6, 5, padding="same"),
            Activation("relu"),
            MaxPool(2),
            Conv2D(16, 5),
            Activation("relu"),
            MaxPool(2),
            Flatten(),
            Dense(120, initialisation="he"),
            Activation("relu"),
            Dense(84, initialisation="he"),
            Activation("relu"),
            Dense(classes),
        ],
        input_shape,
        seed=seed,
    )


def signs_convnet(
    input_shape: Shape = (64, 64, 3), classes: int = 6, *, seed: int = 0
) -> Sequential:
    """The network of the course's next step, for hand signs from 0 to 5.

    Its softmax belongs to the loss: the network gives logits.

    Examples
    --------
    >>> signs_convnet().shapes["maxpool_2"]
    (2, 2, 16)
    """
    return Sequential(
        [
            Conv2D(8, 4, padding="same"),
            Activation("relu"),
            MaxPool(8, stride=8, padding="same"),
            Conv2D(16, 2, padding="same"),
            Activation("relu"),
            MaxPool(4, stride=4, padding="same"),
            Flatten(),
            Dense(classes),
        ],
        input_shape,
        seed=seed,
    )


def residual(input_shape: Shape = (32, 32, 3), classes: int = 10, *, seed: int = 0) -> Graph:
    """Three stages of one residual block each, with batch normalisation.

    References
    ----------
    K. He et al., arXiv:1512.03385, figure 2 and section 4.2.

    Examples
    --------
    >>> residual().shapes["stage3_out"]
    (8, 8, 64)
    """
    nodes: list[tuple[str, Layer, tuple[str, ...]]] = []

    def put(name: str, layer: Layer, *inputs: str) -> str:
        nodes.append((name, layer, inputs))
        return name

    def conv_norm(name: str, x: str, channels: int, kernel: int, stride: int) -> str:
        conv = Conv2D(channels, kernel, stride=stride, padding="same", bias=False)
        return put(f"{name}_norm", BatchNorm(), put(f"{name}_conv", conv, x))

    x = put("stem_out", Activation("relu"), conv_norm("stem", "input", 16, 3, 1))
    for stage, (channels, stride) in enumerate([(16, 1), (32, 2), (64, 2)], start=1):
        name = f"stage{stage}"
        inner = put(
            f"{name}_relu", Activation("relu"), conv_norm(f"{name}_a", x, channels, 3, stride)
        )
        inner = conv_norm(f"{name}_b", inner, channels, 3, 1)
        shortcut = x if stage == 1 else conv_norm(f"{name}_shortcut", x, channels, 1, stride)
        x = put(f"{name}_out", Activation("relu"), put(f"{name}_sum", Add(), inner, shortcut))
    x = put("logits", Dense(classes), put("pooled", GlobalAveragePool(), x))
    return Graph({"input": input_shape}, nodes, [x], seed=seed)


ZOO: dict[str, Callable[..., Graph]] = {
    "digits_convnet": digits_convnet,
    "lenet5": lenet5,
    "residual": residual,
    "signs_convnet": signs_convnet,
}


def zoo_network(name: str, input_shape: Shape, classes: int, *, seed: int = 0) -> Graph:
    """Make a network of the zoo by its name.

    Raises
    ------
    OptionError
        If there is none of that name; it names those there are.

    Examples
    --------
    >>> zoo_network("lenet5", (32, 32, 1), 7).shapes["dense_3"]
    (7,)
    """
    require_choice("network", "there is no network of that name.", name, ZOO)
    return ZOO[name](input_shape, classes, seed=seed)
