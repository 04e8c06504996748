"""Activations as layers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks.activations import (
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from stridewise.blocks.exponential_units import (
    celu,
    celu_backward,
    elu,
    elu_backward,
    selu,
    selu_backward,
)
from stridewise.blocks.gelu import gelu, gelu_backward
from stridewise.blocks.hard_activations import (
    clip,
    clip_backward,
    hard_sigmoid,
    hard_sigmoid_backward,
    hard_swish,
    hard_swish_backward,
)
from stridewise.blocks.log_softmax import log_softmax, log_softmax_backward
from stridewise.blocks.rectifiers import (
    leaky_relu,
    leaky_relu_backward,
    thresholded_relu,
    thresholded_relu_backward,
)
from stridewise.blocks.smooth_activations import (
    mish,
    mish_backward,
    silu,
    silu_backward,
    softplus,
    softplus_backward,
    softsign,
    softsign_backward,
)
from stridewise.blocks.softmax import softmax, softmax_backward
from stridewise.errors import OptionError, OptionTypeError, explain, nearest
from stridewise.layers.layer import Layer, LayerGradients, Shape

__all__ = ["Activation"]

_FUNCTIONS: dict[str, tuple[Callable[..., Array], Callable[..., Array]]] = {
    "celu": (celu, celu_backward),
    "clip": (clip, clip_backward),
    "elu": (elu, elu_backward),
    "gelu": (gelu, gelu_backward),
    "hard_sigmoid": (hard_sigmoid, hard_sigmoid_backward),
    "hard_swish": (hard_swish, hard_swish_backward),
    "leaky_relu": (leaky_relu, leaky_relu_backward),
    "log_softmax": (log_softmax, log_softmax_backward),
    "mish": (mish, mish_backward),
    "relu": (relu, relu_backward),
    "selu": (selu, selu_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
    "silu": (silu, silu_backward),
    "softmax": (softmax, softmax_backward),
    "softplus": (softplus, softplus_backward),
    "softsign": (softsign, softsign_backward),
    "tanh": (tanh, tanh_backward),
    "thresholded_relu": (thresholded_relu, thresholded_relu_backward),
}


@dataclass(eq=False)
class Activation(Layer):
    """Bend every number, or turn channels into probabilities.

    Parameters
    ----------
    function : str
        "relu", "leaky_relu", "thresholded_relu", "clip"; "elu", "selu", "celu"; "gelu",
        "silu", "mish", "softplus", "softsign"; "sigmoid", "tanh", "hard_sigmoid",
        "hard_swish"; "softmax", "log_softmax".
    settings : dict
        Options of the function by name, where they differ from its defaults.

    Examples
    --------
    >>> Activation("relu").forward(np.array([-1.0, 2.0]))[0]
    array([0., 2.])
    >>> Activation("leaky_relu", {"slope": 0.5}).forward(np.array([-1.0, 2.0]))[0]
    array([-0.5,  2. ])
    """

    function: str
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.function, str) or self.function not in _FUNCTIONS:
            raise OptionError(
                explain(
                    self.kind,
                    "there is no activation of that name.",
                    needed=" | ".join(map(repr, _FUNCTIONS)),
                    received=f"function={self.function!r}",
                    hint=nearest(self.function, _FUNCTIONS),
                )
            )
        self._forward, self._backward = _FUNCTIONS[self.function]
        self._require_names()
        self.settings = dict(self.settings)  # a later change of the caller's changes nothing
        if "axis" not in self.settings:  # whose range the input alone can say
            self._forward(np.zeros(1), **self.settings)

    @property
    def title(self) -> str:
        """The function's name: of an activation, the kind says little."""
        return self.function

    def _require_names(self) -> None:
        if not isinstance(self.settings, dict):
            raise OptionTypeError(
                explain(
                    self.kind,
                    "`settings` is not a dict.",
                    needed="options of the function by name",
                    received=f"settings={self.settings!r}",
                    hint='Activation("leaky_relu", {"slope": 0.2})',
                )
            )
        _, *known = inspect.signature(self._forward).parameters
        for name in self.settings:
            if name not in known:
                raise OptionError(
                    explain(
                        self.kind,
                        f"{self.function} has no option of that name.",
                        needed=" | ".join(map(repr, known)) or "no settings",
                        received=f"settings={self.settings!r}",
                        hint=nearest(name, known) if known else f'Activation("{self.function}")',
                    )
                )

    def output_shape(self, *inputs: Shape) -> Shape:
        """As it came."""
        shape = self.one_input(inputs)
        if "axis" in self.settings:
            self._forward(np.zeros((0,) + (1,) * len(shape)), **self.settings)
            if self.settings["axis"] in (0, -1 - len(shape)):
                raise OptionError(
                    explain(
                        self.kind,
                        f"{self.function} would mix the examples of a batch.",
                        needed="an axis after the batch, which is axis 0",
                        received=f"settings={self.settings!r}",
                        hint="axis=-1, the channels",
                    )
                )
        return shape

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Apply the function; the cache is the input."""
        (x,) = inputs
        return self._forward(x, **self.settings), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input."""
        return LayerGradients((self._backward(grad_y, cache, **self.settings),), {})
