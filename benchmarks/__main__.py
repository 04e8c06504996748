"""Run the benchmarks, print the tables, and write ``benchmarks.json``."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

from benchmarks import against_loops, against_sgemm


def main() -> None:
    """Print each row as it is measured."""
    blas = [
        f"{info['internal_api']} {info['version']} ({info['architecture']}, "
        f"{info['num_threads']} threads)"
        for info in threadpool_info()
    ]
    machine = f"{platform.machine()}, NumPy {np.__version__}, {', '.join(blas)}"
    print(f"{machine}\n\nconvolution in the numpy engine, as a share of sgemm (float32)")
    print(f"{'shape':<44} {'sgemm GFLOP/s':>13} {'forward':>8} {'backward':>8} {'both':>6}")
    shares = []
    for shape in against_sgemm.SHAPES:
        row = against_sgemm.measure(shape)
        shares.append(row)
        print(
            f"{row.shape:<44} {row.sgemm_gflops:13.0f} {row.forward:8.0%} {row.backward:8.0%} "
            f"{row.both:6.0%}"
        )
    print("\nthe exercise's cases with 16 times the examples: numpy against loops")
    print(f"{'case':<48} {'outputs':>8} {'times faster':>12}")
    ratios = []
    for name, (windows, call) in against_loops.cases().items():
        ratio = against_loops.measure(name, windows, call)
        ratios.append(ratio)
        print(f"{ratio.name:<48} {ratio.windows:8} {ratio.ratio:12.0f}")
    found = {
        "machine": machine,
        "share_of_sgemm": [row._asdict() for row in shares],
        "times_faster_than_loops": [row._asdict() for row in ratios],
    }
    Path("benchmarks.json").write_text(json.dumps(found, indent=2))


main()
