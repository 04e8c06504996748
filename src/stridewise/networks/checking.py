"""Arrays that a network is given: their number, their shapes, their dtype."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array
from stridewise.errors import ShapeError, explain
from stridewise.networks.shapes import OpenShape, fits

__all__ = ["checked_gradients", "checked_inputs"]


def checked_inputs(
    declared: Mapping[str, OpenShape], inputs: Sequence[ArrayLike], dtype: np.dtype[Any]
) -> list[Array]:
    """Bring the inputs to the network's dtype; those that come as they are stay as they are."""
    if len(inputs) != len(declared):
        raise ShapeError(
            explain(
                "network",
                "the number of inputs is wrong.",
                needed=f"{len(declared)}: {', '.join(declared)}",
                received=str(len(inputs)),
                hint="one array for each input, in this order",
            )
        )
    arrays = []
    for (name, shape), value in zip(declared.items(), inputs, strict=True):
        array = as_array("network", name, value)
        if shape is None:
            arrays.append(array)
            continue
        if not fits(array.shape[1:], shape) or array.ndim == 0:
            fits_one = fits(array.shape, shape)
            raise ShapeError(
                explain(
                    "network",
                    f"the input `{name}` has the wrong shape.",
                    needed=_with_batch(shape),
                    received=str(array.shape),
                    hint=f"{name}[None], for one example"
                    if fits_one
                    else "images of the network's size, channels last",
                )
            )
        arrays.append(array.astype(dtype, copy=False))
    batched = [a for a, shape in zip(arrays, declared.values(), strict=True) if shape]
    if len({len(array) for array in batched}) > 1:
        raise ShapeError(
            explain(
                "network",
                "the inputs have different numbers of examples.",
                needed="one batch, as long in every input",
                received=", ".join(str(array.shape) for array in arrays),
                hint="the same examples in every input",
            )
        )
    return arrays


def checked_gradients(
    wanted: Sequence[OpenShape], grad_y: Any, dtype: np.dtype[Any]
) -> list[Array]:
    """One gradient for each output, of its shape, in the network's dtype."""
    given = (grad_y,) if len(wanted) == 1 else tuple(grad_y)
    gradients = [as_array("network", "grad_y", gradient) for gradient in given]
    fit = [fits(g.shape[1:], shape) for g, shape in zip(gradients, wanted, strict=False)]
    if len(gradients) != len(wanted) or not all(fit):
        raise ShapeError(
            explain(
                "network",
                "`grad_y` has not the shape of the output.",
                needed=", ".join(map(_with_batch, wanted)),
                received=", ".join(str(gradient.shape) for gradient in gradients),
                hint="one gradient for each output, of its shape",
            )
        )
    return [gradient.astype(dtype, copy=False) for gradient in gradients]


def _with_batch(shape: OpenShape) -> str:
    sizes = ("any",) if shape is None else ("any" if s is None else str(s) for s in shape)
    return f"(N, {', '.join(sizes)})"
