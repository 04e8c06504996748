"""The same seven functions, several times: what they mean, vectorised, and (to come) compiled."""

from stridewise.engines.protocol import Engine, Ties
from stridewise.engines.selection import (
    EngineInfo,
    current_engine,
    engine_info,
    set_engine,
    use_engine,
)

__all__ = [
    "Engine",
    "EngineInfo",
    "Ties",
    "current_engine",
    "engine_info",
    "set_engine",
    "use_engine",
]
