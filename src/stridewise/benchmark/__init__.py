"""Speed, beside whatever other libraries are installed: ``stridewise bench``."""

from stridewise.benchmark.measure import Row
from stridewise.benchmark.peers import PEERS
from stridewise.benchmark.results import Results
from stridewise.benchmark.run import BenchOptions, run_benchmark
from stridewise.benchmark.table import as_text

__all__ = ["PEERS", "BenchOptions", "Results", "Row", "as_text", "run_benchmark"]
