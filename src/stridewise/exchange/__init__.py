"""Networks of other people's formats; the only place where their names live."""

import importlib
from types import ModuleType

__all__ = ["onnx"]


def __getattr__(name: str) -> ModuleType:
    """Import a format when it is first used: each needs its own package."""
    if name in __all__:
        return importlib.import_module(f"stridewise.exchange.{name}")
    raise AttributeError(f"module 'stridewise.exchange' has no attribute {name!r}")
