"""Options and inputs that a layer refuses, and by which name."""

import re

import numpy as np
import pytest

from stridewise import StridewiseError
from stridewise.errors import NetworkError, OptionError, OptionTypeError, ShapeError
from stridewise.layers import (
    Activation,
    Add,
    AveragePool,
    BatchNorm,
    Concatenate,
    Conv1D,
    Conv2D,
    Conv3D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool,
    MaxPool,
)

nan = float("nan")


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: Conv2D(0, 3), OptionError, "Conv2D: `out_channels` is out of range"),
        (lambda: Conv1D(2.0, 3), OptionTypeError, "Conv1D: `out_channels` is not an integer"),
        (lambda: Conv2D(True, 3), OptionTypeError, "`out_channels` is not an integer"),
        (lambda: Conv2D(4, 0), OptionError, "`kernel_size` is out of range"),
        (lambda: Conv2D(4, (3, 3, 3)), OptionError, "`kernel_size` has the wrong form"),
        (lambda: Conv1D(4, (3, 3)), OptionError, "Conv1D: `kernel_size` has the wrong form"),
        (lambda: Conv3D(4, (3, 3)), OptionError, "Conv3D: `kernel_size` has the wrong form"),
        (lambda: Conv2D(4, 1.5), OptionTypeError, "`kernel_size` is not an integer"),
        (lambda: Conv2D(4, 3, groups=0), OptionError, "`groups` is out of range"),
        (lambda: Conv2D(4, 3, groups="2"), OptionTypeError, "`groups` is not an integer"),
        (lambda: Dense(0), OptionError, "Dense: `out_features` is out of range"),
        (lambda: Dense(-3), OptionError, "Dense: `out_features` is out of range"),
        (lambda: Dense(2.5), OptionTypeError, "Dense: `out_features` is not an integer"),
        (lambda: Dropout(1), OptionError, "Dropout: `rate` is out of range"),
        (lambda: Dropout(-0.1), OptionError, "`rate` is out of range"),
        (lambda: Dropout(nan), OptionError, "`rate` is out of range"),
        (lambda: BatchNorm(1.0), OptionError, "BatchNorm: `momentum` is out of range"),
        (lambda: BatchNorm(-0.1), OptionError, "momentum=-0.1"),
        (lambda: BatchNorm(nan), OptionError, "`momentum` is out of range"),
        (lambda: BatchNorm(epsilon=-1e-9), OptionError, "epsilon=-1e-09"),
        (lambda: BatchNorm(epsilon=float("inf")), OptionError, "epsilon=inf"),
        (lambda: BatchNorm(epsilon=nan), OptionError, "`epsilon` is out of range"),
        (
            lambda: Activation("rellu"),
            OptionError,
            r"no activation of that name(.|\n)*try: +'relu'",
        ),
        (lambda: Activation(["relu"]), OptionError, r"function=\['relu'\]"),
        (lambda: Activation(None), OptionError, "Activation: there is no activation"),
    ],
)
def test_options_that_are_refused_at_once(make, kind, message):
    with pytest.raises(kind, match=message) as caught:
        make()
    assert isinstance(caught.value, StridewiseError)


IMAGE = (7, 6, 4)


@pytest.mark.parametrize(
    ("layer", "shapes", "kind", "message"),
    [
        (Conv2D(4, 3, stride=0), [IMAGE], OptionError, "Conv2D: `stride` is out of range"),
        (Conv2D(4, 3, stride=1.5), [IMAGE], OptionTypeError, "`stride` is not an integer"),
        (Conv2D(4, 3, dilation=(1, 2, 3)), [IMAGE], OptionError, "`dilation` has the wrong form"),
        (Conv2D(4, 3, padding=-1), [IMAGE], OptionError, "`padding` is out of range"),
        (Conv2D(4, 3, padding="sane"), [IMAGE], OptionError, "try:      padding='same'"),
        (Conv2D(4, (8, 6)), [IMAGE], ShapeError, r"does not fit(.|\n)*padded size=\(7, 6\)"),
        (Conv2D(6, 3, groups=3), [IMAGE], NetworkError, "`groups` does not divide the channels"),
        (Conv2D(6, 3, groups=4), [IMAGE], NetworkError, "6 output channels, groups=4"),
        (Conv1D(4, 3), [IMAGE], NetworkError, "one input with 1 spatial axes"),
        (Conv3D(4, 3), [IMAGE], NetworkError, "one input with 3 spatial axes"),
        (Conv2D(4, 3), [(24,)], NetworkError, r"shapes \(24,\)"),
        (MaxPool(0), [IMAGE], OptionError, "MaxPool: `kernel_size` is out of range"),
        (MaxPool(8), [IMAGE], ShapeError, "MaxPool: `kernel_size` does not fit"),
        (MaxPool(2, padding=2), [IMAGE], OptionError, "leaves a window nothing but padding"),
        (MaxPool((2, 2, 2)), [IMAGE], OptionError, "`kernel_size` has the wrong form"),
        (AveragePool(2, stride=0), [IMAGE], OptionError, "AveragePool: `stride` is out of range"),
        (AveragePool(2, padding=(0, 2)), [IMAGE], OptionError, "nothing but padding"),
        (MaxPool(2), [(5,)], NetworkError, "MaxPool: the layer cannot take"),
        (MaxPool((2, 2)), [(5,)], NetworkError, "MaxPool: the layer cannot take"),
        (AveragePool(2), [(4, 5, 6, 7, 2)], NetworkError, "with 1 or 2 or 3 spatial axes"),
        (GlobalAveragePool(), [(5,)], NetworkError, "GlobalAveragePool: the layer cannot take"),
        (GlobalAveragePool(), [(2, 3, 4, 5, 6)], NetworkError, "with 1 or 2 or 3 spatial axes"),
        (Dense(3), [IMAGE], NetworkError, r"Dense: the layer cannot take(.|\n)*Flatten\(\)"),
        (Dense(3), [()], NetworkError, "Dense: the layer cannot take"),
        (Flatten(), [IMAGE, IMAGE], NetworkError, "Flatten: the layer cannot take"),
        (Activation("relu"), [], NetworkError, "received: shapes none"),
        (Add(), [IMAGE], NetworkError, "Add: the inputs do not fit together"),
        (Add(), [IMAGE, (7, 6, 1)], NetworkError, "two or more inputs of one shape"),
        (Concatenate(), [IMAGE], NetworkError, "Concatenate: the inputs do not fit together"),
        (Concatenate(), [IMAGE, (6, 7, 4)], NetworkError, "of the same spatial shape"),
        (Concatenate(), [IMAGE, (4,)], NetworkError, "of the same spatial shape"),
    ],
)
def test_what_does_not_fit_the_input(layer, shapes, kind, message):
    with pytest.raises(kind, match=message) as caught:
        layer.output_shape(*shapes)
    assert isinstance(caught.value, StridewiseError)


@pytest.mark.parametrize("layer", [Add(), Concatenate()])
@pytest.mark.parametrize(
    ("shapes", "hint"),
    [
        ([(2, 5, 7, 3), (2, 6, 8, 3)], "such as 32"),
        ([(2, 5, 7, 3), (2, 1, 1, 3)], "such as 32"),  # NumPy would stretch it
        ([(2, 3), (1, 3)], "such as 32"),
        ([(2, 5, 7, 3)], "1×1 convolution"),
        ([], "1×1 convolution"),
    ],
)
def test_arrays_that_do_not_fit_together(layer, shapes, hint):
    received = re.escape(", ".join(map(str, shapes)) or "none")
    message = rf"{layer.kind}: the inputs do not fit(.|\n)*shapes {received}\n(.|\n)*{hint}"
    with pytest.raises(ShapeError, match=message):
        layer.forward(*map(np.ones, shapes))


def test_scalars_have_no_channels():
    with pytest.raises(ShapeError, match="Concatenate: the inputs do not fit"):
        Concatenate().forward(np.ones(()), np.ones(()))


def test_channels_that_do_not_fit_ask_for_a_convolution():
    for ask in (Add().output_shape, lambda *shapes: Add().forward(*map(np.ones, shapes))):
        with pytest.raises((NetworkError, ShapeError), match=r"try: +a 1×1 convolution"):
            ask((5, 7, 3), (5, 7, 4))


@pytest.mark.parametrize(
    ("layer", "shape", "work"),
    [
        (Conv1D(5, 3, stride=2), (9, 4), 4 * 3 * 4 * 5),
        (Conv2D(6, (3, 2), padding="same"), (7, 5, 4), 7 * 5 * 3 * 2 * 4 * 6),
        (Conv2D(6, 2, groups=2, bias=False), (7, 5, 4), 6 * 4 * 2 * 2 * 2 * 6),
        (Dense(10), (84,), 840),
        (MaxPool(2), (8, 6, 4), 0),
        (BatchNorm(), (8, 6, 4), 0),
    ],
)
def test_multiply_adds(layer, shape, work):
    assert layer.multiply_adds(shape) == work


@pytest.mark.parametrize(
    ("layer", "shape", "window"),
    [
        (Conv2D(4, (3, 2), stride=(1, 2), dilation=3), (9, 8, 1), ((3, 2), (1, 2), (3, 3))),
        (MaxPool(2), (9, 8, 1), ((2, 2), (2, 2), (1, 1))),
        (AveragePool(3, stride=1), (9, 1), ((3,), (1,), (1,))),
        (GlobalAveragePool(), (9, 8, 1), ((9, 8), (1, 1), (1, 1))),
        (Flatten(), (9, 8, 1), None),
        (Activation("tanh"), (9, 8, 1), None),
    ],
)
def test_window(layer, shape, window):
    assert layer.window(shape) == window
