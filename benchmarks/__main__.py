"""``numpy`` beside ``loops``: print the table, and write ``benchmarks.json``."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from benchmarks import against_loops
from stridewise.benchmark.machine import describe_machine
from stridewise.benchmark.threads import all_threads


def main() -> None:
    """Print each row as it is measured."""
    machine = describe_machine(all_threads(), [])
    print(f"{machine}\n\nthe exercise's cases with 16 times the examples: numpy against loops")
    print(f"{'case':<48} {'outputs':>8} {'times faster':>12}")
    ratios = []
    for name, (windows, call) in against_loops.cases().items():
        ratio = against_loops.measure(name, windows, call)
        ratios.append(ratio)
        print(f"{ratio.name:<48} {ratio.windows:8} {ratio.ratio:12.0f}")
    found = {
        "machine": dataclasses.asdict(machine),
        "times_faster_than_loops": [row._asdict() for row in ratios],
    }
    Path("benchmarks.json").write_text(json.dumps(found, indent=2))


main()
