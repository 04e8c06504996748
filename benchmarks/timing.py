"""Where ``medians`` used to be; it is Stridewise's own now."""

from stridewise.benchmark.timing import medians

__all__ = ["medians"]
