"""How gradients change parameters: SGD, Adam, AdamW.

Weight decay takes hold of weights only: biases and the parameters of normalisation, which have
one axis, are left alone.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import OptionError, explain, nearest
from stridewise.options import require_choice, require_number

__all__ = ["OPTIMIZERS", "SGD", "Adam", "AdamW", "Optimizer", "make_optimizer"]


class Optimizer(Protocol):
    """Changes parameters in place, one step at a time."""

    def step(
        self, parameters: Mapping[str, Array], gradients: Mapping[str, Array], rate: float
    ) -> None:
        """Change every parameter that has a gradient, at learning rate ``rate``."""
        ...


@dataclass
class SGD:
    """Stochastic gradient descent.

    ``v ← momentum · v + g``, then ``w ← w − rate · v``, or with Nesterov's look ahead
    ``w ← w − rate · (g + momentum · v)``; ``g`` has ``weight_decay · w`` in it.

    References
    ----------
    I. Sutskever et al., "On the importance of initialization and momentum in deep learning",
    2013, in the form of PyTorch.

    Examples
    --------
    >>> w = {"w": np.array([1.0])}
    >>> SGD(momentum=0.0).step(w, {"w": np.array([2.0])}, rate=0.25)
    >>> w["w"]
    array([0.5])
    """

    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.0
    _velocity: dict[str, Array] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        _check(self, below_one=("momentum",))

    def step(
        self, parameters: Mapping[str, Array], gradients: Mapping[str, Array], rate: float
    ) -> None:
        """Change every parameter that has a gradient, at learning rate ``rate``."""
        for name, gradient in gradients.items():
            parameter = parameters[name]
            if self.weight_decay and parameter.ndim > 1:
                gradient = gradient + self.weight_decay * parameter
            velocity = self._velocity.setdefault(name, np.zeros_like(parameter))
            velocity *= self.momentum
            velocity += gradient
            parameter -= rate * (gradient + self.momentum * velocity if self.nesterov else velocity)


@dataclass
class Adam:
    """Steps of about ``rate`` in every direction, by running moments of the gradient.

    ``m ← β₁ m + (1 − β₁) g``, ``v ← β₂ v + (1 − β₂) g²``, both corrected for their start at 0;
    ``w ← w − rate · m̂ / (√v̂ + ε)``. ``g`` has ``weight_decay · w`` in it.

    References
    ----------
    D. Kingma, J. Ba, arXiv:1412.6980, algorithm 1.

    Examples
    --------
    >>> w = {"w": np.array([1.0])}
    >>> Adam().step(w, {"w": np.array([1e-3])}, rate=0.25)
    >>> w["w"].round(3)
    array([0.75])
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    _moments: dict[str, tuple[Array, Array]] = field(default_factory=dict, init=False, repr=False)
    _steps: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        _check(self, below_one=("beta1", "beta2"))

    def step(
        self, parameters: Mapping[str, Array], gradients: Mapping[str, Array], rate: float
    ) -> None:
        """Change every parameter that has a gradient, at learning rate ``rate``."""
        self._steps += 1
        correct_m, correct_v = 1 - self.beta1**self._steps, 1 - self.beta2**self._steps
        for name, gradient in gradients.items():
            parameter = parameters[name]
            gradient = self._decayed(parameter, gradient, rate)
            zeros = (np.zeros_like(parameter), np.zeros_like(parameter))
            m, v = self._moments.setdefault(name, zeros)
            m *= self.beta1
            m += (1 - self.beta1) * gradient
            v *= self.beta2
            v += (1 - self.beta2) * gradient**2
            parameter -= rate * (m / correct_m) / (np.sqrt(v / correct_v) + self.epsilon)

    def _decayed(self, parameter: Array, gradient: Array, rate: float) -> Array:  # noqa: ARG002 - AdamW's needs it
        if self.weight_decay and parameter.ndim > 1:
            return gradient + self.weight_decay * parameter
        return gradient


@dataclass
class AdamW(Adam):
    """Adam with weight decay beside the gradient, not in it: ``w ← w − rate · decay · w``.

    References
    ----------
    I. Loshchilov, F. Hutter, arXiv:1711.05101, algorithm 2.

    Examples
    --------
    >>> w = {"w": np.array([[1.0]])}
    >>> AdamW(weight_decay=0.5).step(w, {"w": np.array([[0.0]])}, rate=0.5)
    >>> w["w"]
    array([[0.75]])
    """

    weight_decay: float = 0.01

    def _decayed(self, parameter: Array, gradient: Array, rate: float) -> Array:
        if self.weight_decay and parameter.ndim > 1:
            parameter -= rate * self.weight_decay * parameter
        return gradient


OPTIMIZERS: dict[str, type[SGD] | type[Adam]] = {"adam": Adam, "adamw": AdamW, "sgd": SGD}


def make_optimizer(name: str, **options: Any) -> Optimizer:
    """Make an optimizer by its name; options that it does not have are refused.

    Examples
    --------
    >>> make_optimizer("sgd", momentum=0.8)
    SGD(momentum=0.8, nesterov=False, weight_decay=0.0)
    """
    require_choice("optimizer", "there is none of that name.", name, OPTIMIZERS)
    known = [each.name for each in dataclasses.fields(OPTIMIZERS[name]) if each.init]
    unknown = [option for option in options if option not in known]
    if unknown:
        raise OptionError(
            explain(
                name,
                f"it has no option `{unknown[0]}`.",
                needed=" | ".join(known),
                received=f"{unknown[0]}={options[unknown[0]]!r}",
                hint=nearest(unknown[0], known),
            )
        )
    return OPTIMIZERS[name](**options)


def _check(optimizer: SGD | Adam, below_one: tuple[str, ...]) -> None:
    for each in dataclasses.fields(optimizer):
        if each.init and each.name != "nesterov":
            below = 1 if each.name in below_one else math.inf
            value = getattr(optimizer, each.name)
            require_number(type(optimizer).__name__, each.name, value, below=below)
