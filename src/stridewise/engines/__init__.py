"""The same functions, three times: what they mean, vectorised, and compiled."""

from stridewise.engines.explanation import Explanation, Step
from stridewise.engines.num_threads import get_num_threads, set_num_threads
from stridewise.engines.precision import Precision, get_precision, set_precision
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
    "Explanation",
    "Precision",
    "Step",
    "Ties",
    "current_engine",
    "engine_info",
    "get_num_threads",
    "get_precision",
    "set_engine",
    "set_num_threads",
    "set_precision",
    "use_engine",
]
