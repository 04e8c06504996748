"""Pictures of traces and arrays, for papers and notebooks, drawn with Matplotlib."""

import importlib.util

from stridewise.errors import missing_extra

if importlib.util.find_spec("matplotlib") is None:
    raise missing_extra("figures", "matplotlib", "train")

from stridewise.figures.animation import animate_window
from stridewise.figures.maps import feature_maps, filters, gradients
from stridewise.figures.padding import padding
from stridewise.figures.window import window

__all__ = ["animate_window", "feature_maps", "filters", "gradients", "padding", "window"]
