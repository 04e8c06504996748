"""Pictures of a wrong element: the window that was read beside the right one, and the maps."""

from stridewise.checker.pictures.drawing import picture_of, style
from stridewise.checker.pictures.recording import Spot, spot_of

__all__ = ["Spot", "picture_of", "spot_of", "style"]
