"""How the padding is cut off a gradient, and what goes wrong with that; shared by three recipes.

Steps: ``crop(dA, pad, H, W)`` cuts one sample, ``whole(dA_prev, dA_pad, pad)`` gives the result
for all of them.
"""

from __future__ import annotations

from stridewise.arrays import Array
from stridewise.checker.catalogue.recipe import Deviation, Step

__all__ = ["CROPPING", "CROPS"]


def _crop(dA: Array, pad: int, H: int, W: int) -> Array:
    return dA[pad : pad + H, pad : pad + W]


CROPPING: dict[str, Step] = {
    "crop": _crop,
    "whole": lambda dA_prev, _dA_pad, _pad: dA_prev,
}

CROPS: tuple[Deviation, ...] = (
    Deviation("crop-at-pad-zero", {"crop": lambda dA, pad, _H, _W: dA[pad:-pad, pad:-pad]}),
    Deviation(
        "crop-at-pad-zero", {"whole": lambda _dA, dA_pad, pad: dA_pad[:, pad:-pad, pad:-pad]}
    ),
    Deviation("crop-from-corner", {"crop": lambda dA, _pad, H, W: dA[:H, :W]}),
    Deviation("crop-from-corner", {"crop": lambda dA, _pad, H, W: dA[-H:, -W:]}),
)
