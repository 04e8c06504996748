"""The small glue between the blocks of a graph: arithmetic, reshaping, indexing, reductions.

Plain NumPy on whole arrays in their own dtype, each beside its gradient. A network uses an entry
of ``FUNCTIONS`` by name, through ``layers.Operation``.
"""

from stridewise.glue.creation import CREATION
from stridewise.glue.elementwise import ELEMENTWISE
from stridewise.glue.function import Function
from stridewise.glue.indexing import INDEXING
from stridewise.glue.matrices import MATRICES
from stridewise.glue.randomness import RANDOMNESS
from stridewise.glue.reductions import REDUCTIONS
from stridewise.glue.shaping import SHAPING
from stridewise.glue.statistics import STATISTICS

__all__ = ["FUNCTIONS", "Function"]

FUNCTIONS: dict[str, Function] = {
    **ELEMENTWISE,
    **SHAPING,
    **REDUCTIONS,
    **INDEXING,
    **MATRICES,
    **CREATION,
    **STATISTICS,
    **RANDOMNESS,
}
