"""Any function of the table as a layer: the glue of a graph, and blocks that get their weights."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import NetworkError, ShapeError, StridewiseError, explain, nearest
from stridewise.glue.function import number_dtype
from stridewise.layers.functions import FUNCTIONS
from stridewise.layers.functions.settings import accepted
from stridewise.layers.layer import Layer, LayerGradients, Shape, Window
from stridewise.options import require_choice

__all__ = ["Operation"]


@dataclass(eq=False)
class Operation(Layer):
    """One function of the table on whole arrays: add, reshape, slice, reduce_mean, and others.

    Arguments that do not come from other nodes belong to the layer: numbers that training
    changes, or constants.

    Parameters
    ----------
    function : str
        A name in ``stridewise.layers.functions.FUNCTIONS``.
    settings : dict
        The function's options: numbers, names and lists. docs/operations.md lists their names.
    parameters_at : dict of str to list of int
        Shapes of the arguments that are parameters, by their place: ``{"1": [64]}``.
    constants_at : dict of str to [dtype, nested lists]
        Arguments that nothing changes, by their place.

    Examples
    --------
    >>> half = Operation("multiply", constants_at={"1": ["float32", 0.5]})
    >>> half.forward(np.float32([[2.0, 4.0]]))[0]
    array([[1., 2.]], dtype=float32)
    >>> Operation("reshape", {"shape": [0, -1]}).output_shape((4, 4, 2))
    (32,)
    """

    function: str
    settings: dict[str, Any] = field(default_factory=dict)
    parameters_at: dict[str, list[int]] = field(default_factory=dict)
    constants_at: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        problem = "there is no function of that name."
        require_choice(self.kind, problem, self.function, FUNCTIONS)
        try:
            self._constants = {
                int(place): np.array(value, number_dtype(dtype))
                for place, (dtype, value) in self.constants_at.items()
            }
            self._shapes = {
                int(place): tuple(map(int, shape)) for place, shape in self.parameters_at.items()
            }
            fits = not set(self._constants) & set(self._shapes) and all(
                size >= 0 for shape in self._shapes.values() for size in shape
            )
        except (ValueError, TypeError, OverflowError, AttributeError):
            fits = False
        if not fits or not isinstance(self.settings, dict):
            raise NetworkError(
                explain(
                    self.kind,
                    "these are no arguments of a function.",
                    needed="settings by name; shapes, and [dtype, values], by place",
                    received=f"{self.settings!r}, {self.parameters_at!r}, {self.constants_at!r}"[
                        :200
                    ],
                    hint='Operation("add", parameters_at={"1": [64]})',
                )
            )
        self._require_settings()

    @property
    def title(self) -> str:
        """The function's name: of an operation, the kind says little."""
        return self.function

    def output_shape(self, *inputs: Shape) -> Shape | None:
        """What the function says; None if the batch does not stay in front, or no one knows."""
        rule = FUNCTIONS[self.function].shape
        if rule is None:
            return None
        found = []
        # What comes out for some batches tells what is the batch, and what is not; an axis of
        # one example may be squeezed, or stretched.
        batches = (1, 2, 3)
        for batch in batches:
            full = self._arguments(
                [(batch, *shape) for shape in inputs],
                {place: array.shape for place, array in self._constants.items()} | self._shapes,
            )
            try:
                found.append(rule(*full, **self.settings))
            except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
                return None
        if [shape[:1] for shape in found] != [(batch,) for batch in batches]:
            return None
        if len({shape[1:] for shape in found}) > 1:
            return None
        return tuple(int(size) for size in found[0][1:])

    def parameter_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """One array for each place."""
        return {f"argument_{place}": shape for place, shape in self._shapes.items()}

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, list[Array]]:
        """Call the function; the cache is its arguments."""
        own = self._constants | {
            place: self.parameters[f"argument_{place}"] for place in self._shapes
        }
        arguments = self._arguments(inputs, own)
        try:
            with np.errstate(all="ignore"):  # infinities and NaN are answers here
                y = FUNCTIONS[self.function].forward(*arguments, **self.settings)
        except StridewiseError:
            raise
        except Exception as error:  # whatever NumPy says about arrays that do not fit
            raise self._refusal(arguments, error) from None
        return np.asarray(y), arguments

    def backward(self, grad_y: Array, cache: list[Array]) -> LayerGradients:
        """Gradients of all arguments, sorted into inputs and parameters."""
        backward = FUNCTIONS[self.function].backward
        if backward is None:
            raise NetworkError(
                explain(
                    self.function,
                    "the function has no gradient, and training needs one here.",
                    needed="functions that can be differentiated, from the loss to the parameters",
                    received=self.function,
                    hint="a network without it, or training only what comes after it",
                )
            )
        with np.errstate(all="ignore"):
            found = backward(grad_y, *cache, **self.settings)
        some = found[: len(cache)]  # a block has a gradient for a bias that is not there, too
        gradients = dict(enumerate((*some, *(None,) * (len(cache) - len(some)))))
        parameters = {
            f"argument_{place}": gradient
            for place in self._shapes
            if (gradient := gradients.pop(place)) is not None
        }
        for place in self._constants:
            del gradients[place]
        return LayerGradients(tuple(gradients[place] for place in sorted(gradients)), parameters)

    def multiply_adds(self, *inputs: Shape) -> int:
        """Of a product with a matrix of the layer's own."""
        if self.function not in ("matmul", "gemm") or 1 not in self._shapes or not inputs:
            return 0
        columns = self._shapes[1][1:][-1:]  # a vector has none
        if self.settings.get("transpose_b"):
            columns = self._shapes[1][:1]
        return math.prod(inputs[0]) * math.prod(columns)

    def window(self, *inputs: Shape) -> Window | None:
        """One position, for arithmetic; for all else, there is no saying: the whole."""
        if FUNCTIONS[self.function].local or not inputs:
            return None
        ones = (1,) * (len(inputs[0]) - 1)
        return Window(inputs[0][:-1], ones, ones)

    def _arguments(self, inputs: Any, own: dict[int, Any]) -> list[Any]:
        """Inputs in their order, around the arguments whose places are taken."""
        coming = iter(inputs)
        places = range(len(inputs) + len(own))
        return [own[place] if place in own else next(coming, None) for place in places]

    def _require_settings(self) -> None:
        """Refuse settings that the function does not know, and those that it lacks."""
        known = accepted(self.function)
        strange = [name for name in self.settings if name not in known.settings]
        lacking = [name for name in known.required if name not in self.settings]
        if lacking or (strange and not known.open):
            names = [name for name in known.settings if name not in self.settings]
            suggested = " and ".join(map(repr, lacking)) or nearest(strange[0], names)
            raise NetworkError(
                explain(
                    self.function,
                    "a setting is missing."
                    if lacking
                    else f"there is no setting of the name {strange[0]!r:.80}.",
                    needed=", ".join(known.settings) or "no settings at all",
                    received=repr(self.settings)[:200],
                    hint=suggested or "without it",
                )
            )

    def _refusal(self, arguments: list[Any], error: Exception) -> ShapeError:
        shapes = ", ".join(f"{np.shape(a)} {np.asarray(a).dtype}" for a in arguments)
        return ShapeError(
            explain(
                self.function,
                "the arrays do not fit the operation.",
                needed=f"arguments that NumPy can work with (it says: {error})",
                received=f"{shapes or 'none'}; {self.settings}"[:300],
                hint="inputs of the sizes that the network was made for",
            )
        )
