"""The roofline: how near each row comes to what the machine can do.

A row that computes much for every byte is bounded by multiply-adds, one that computes little by
memory; the two bounds together look like a roof.

References
----------
S. Williams, A. Waterman, D. Patterson, "Roofline: An Insightful Visual Performance Model for
Multicore Architectures", 2009.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from stridewise.benchmark.problem import CLASSES
from stridewise.benchmark.results import DIRECTIONS, Results
from stridewise.errors import missing_extra

__all__ = ["draw_roofline", "require_matplotlib"]

_MARKERS = {"forward": "o", "backward": "^"}


def require_matplotlib() -> None:
    """Refuse to measure for minutes what could not be drawn.

    Raises
    ------
    MissingExtraError
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise missing_extra("bench", "matplotlib", "bench")


def draw_roofline(results: Results, folder: Path) -> list[Path]:
    """Write ``roofline.png`` and ``roofline.svg``; gives their paths."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 6), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xscale("log")
    axes.set_yscale("log")
    colours = mpl.colormaps["tab10"]
    for number, group in enumerate(CLASSES):
        for direction in DIRECTIONS:
            rows = [r for r in results.rows if (r.group, r.direction) == (group, direction)]
            if rows:
                axes.scatter(
                    [row.operations / row.traffic for row in rows],
                    [row.rate / 1e9 for row in rows],
                    s=22,
                    color=colours(number),
                    marker=_MARKERS[direction],
                    facecolors="none" if direction == "backward" else None,
                    label=f"{group}, {direction}",
                )
    _draw_roof(axes, results)
    axes.set_xlabel("operations for each byte that has to pass through memory")
    axes.set_ylabel("GFLOP/s")
    axes.set_title(f"{results.machine.processor}, threads: {results.machine.threads}, float32")
    axes.grid(alpha=0.3)
    figure.legend(fontsize=7, loc="outside right upper")
    paths = [folder / "roofline.png", folder / "roofline.svg"]
    for path in paths:
        figure.savefig(path, dpi=150)
    return paths


def _draw_roof(axes: Any, results: Results) -> None:
    peak, intensities = results.peak, [r.operations / r.traffic for r in results.rows]
    x = np.geomspace(min(intensities) / 2, max(intensities) * 2, 200)
    slope = peak.bandwidth / 1e9 * x
    if peak.fma_all is None:
        axes.plot(x, slope, color="black", label=f"{peak.bandwidth / 1e9:.0f} GB/s")
        return
    top = peak.fma_all / 1e9
    label = f"{top:.0f} GFLOP/s, {peak.bandwidth / 1e9:.0f} GB/s"
    axes.plot(x, np.minimum(slope, top), color="black", label=label)
    if peak.fma_1 is not None and peak.fma_1 < peak.fma_all:
        axes.axhline(peak.fma_1 / 1e9, color="black", linestyle=":", label="one thread")
