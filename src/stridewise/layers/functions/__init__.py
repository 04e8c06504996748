"""The functions that an :class:`~stridewise.layers.Operation` may name."""

from stridewise.layers.functions.table import FUNCTIONS

__all__ = ["FUNCTIONS"]
