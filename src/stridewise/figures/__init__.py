"""Pictures of traces and arrays, for papers and notebooks, drawn with Matplotlib."""

import importlib.util

from stridewise.errors import missing_extra

if importlib.util.find_spec("matplotlib") is None:
    raise missing_extra("figures", "matplotlib", "train")

from stridewise.figures.animation import animate_window
from stridewise.figures.backward import backward_step
from stridewise.figures.image import image
from stridewise.figures.maps import feature_maps, filters, gradients
from stridewise.figures.padding import padding
from stridewise.figures.unfolded import unfolded
from stridewise.figures.window import window
from stridewise.figures.window_starts import window_starts

__all__ = [
    "animate_window",
    "backward_step",
    "feature_maps",
    "filters",
    "gradients",
    "image",
    "padding",
    "unfolded",
    "window",
    "window_starts",
]
