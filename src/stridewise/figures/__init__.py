"""Pictures of traces and arrays, for papers and notebooks, drawn with Matplotlib."""

from stridewise.figures.animation import animate_window
from stridewise.figures.maps import feature_maps, filters, gradients
from stridewise.figures.padding import padding
from stridewise.figures.window import window

__all__ = ["animate_window", "feature_maps", "filters", "gradients", "padding", "window"]
