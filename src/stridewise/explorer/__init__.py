"""The page on which a person walks through a network: served, as one file, or in a notebook."""

from stridewise.explorer.notebook import Shown, show, show_conv2d, show_pool2d, show_trace
from stridewise.explorer.page import exported

__all__ = ["Shown", "exported", "show", "show_conv2d", "show_pool2d", "show_trace"]
