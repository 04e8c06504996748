"""``report.html``: one page that shows what a run learned, with nothing to fetch."""

from __future__ import annotations

import importlib.util
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import missing_extra
from stridewise.layers.conv import Conv
from stridewise.report.pictures import curves, mosaic, picture
from stridewise.training import Outcome
from stridewise.training.atomic_file import write_atomically

__all__ = ["render_report", "require_report", "write_report"]

_MOST_MISTAKES = 48
_MOST_MAPS = 64
_DIVERGING = "RdBu_r"


def require_report() -> None:
    """Refuse at once, before a long training, what would fail after it."""
    for package in ("jinja2", "matplotlib"):
        if importlib.util.find_spec(package) is None:
            raise missing_extra("report", package, "train")


def write_report(outcome: Outcome, explorer: str | None = None) -> Path:
    """Write ``report.html`` into the run's folder, with a link to an explorer beside it.

    Raises
    ------
    RunError
        If it cannot be written.
    MissingExtraError
        If Matplotlib or Jinja is not installed.
    """
    path = outcome.folder / "report.html"
    write_atomically(path, render_report(outcome, explorer).encode())
    return path


def render_report(outcome: Outcome, explorer: str | None = None) -> str:
    """Give the page as text: curves, confusion matrix, mistakes, filters, feature maps."""
    require_report()
    from jinja2 import Environment, StrictUndefined

    template = resources.files("stridewise.report").joinpath("page.html.j2").read_text("utf-8")
    # Class names come from folders and files: everything is escaped but what is marked safe.
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    network, epochs = outcome.checkpoint.network, outcome.history.epochs
    return environment.from_string(template).render(
        name=outcome.folder.name,
        explorer=explorer,
        accuracy=outcome.evaluation.accuracy,
        tested=len(outcome.test),
        seconds=outcome.train_seconds,
        parameters=sum(array.size for array in network.parameters.values()),
        ended=outcome.history.ended,
        epochs=epochs,
        curves=[curves(epochs, name) for name in ("loss", "accuracy")] if epochs else [],
        classes=outcome.checkpoint.classes,
        confusion=_confusion(outcome.evaluation.confusion),
        mistakes=_mistakes(outcome),
        filters=_filters(outcome),
        walk=_walk(outcome),
        summary=network.summary(),
    )


def _confusion(confusion: Array) -> list[list[dict[str, Any]]]:
    """Counts, and the share of the row for the cell's colour."""
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    return [
        [
            {"count": int(count), "share": float(share), "right": row == column}
            for column, (count, share) in enumerate(zip(counts, of_row, strict=True))
        ]
        for row, (counts, of_row) in enumerate(zip(confusion, shares, strict=True))
    ]


def _image(pixels: Array) -> str:
    """One image of the data, (H, W, C) in [0, 1]."""
    channels = pixels.shape[-1]
    shown = pixels if channels == 3 else pixels.mean(axis=-1)
    return picture(shown, low=0.0, high=1.0, colours="gray")


def _mistakes(outcome: Outcome) -> list[dict[str, Any]]:
    probabilities = outcome.evaluation.probabilities
    answers = probabilities.argmax(axis=-1)
    wrong = np.flatnonzero(answers != outcome.test.labels)
    surest_first = wrong[np.argsort(-probabilities[wrong, answers[wrong]], kind="stable")]
    names = outcome.checkpoint.classes
    return [
        {
            "image": _image(outcome.test.images[n]),
            "right": names[outcome.test.labels[n]],
            "answer": names[answers[n]],
            "probability": float(probabilities[n, answers[n]]),
        }
        for n in surest_first[:_MOST_MISTAKES]
    ]


def _filters(outcome: Outcome) -> dict[str, Any] | None:
    """The filters of the first convolution over images, on one scale around zero."""
    for node in outcome.checkpoint.network.nodes:
        weight = node.layer.parameters.get("weight")
        if isinstance(node.layer, Conv) and node.layer.rank == 2 and weight is not None:
            shown = weight.mean(axis=2)[..., :_MOST_MAPS]
            scale = float(np.abs(shown).max()) or 1.0
            grid = mosaic(shown)
            return {
                "layer": node.name,
                "count": weight.shape[-1],
                "size": " × ".join(map(str, weight.shape[:3])),
                "averaged": weight.shape[2] > 1,
                "scale": scale,
                "width": grid.shape[1],
                "image": picture(grid, low=-scale, high=scale, colours=_DIVERGING),
            }
    return None


def _walk(outcome: Outcome) -> dict[str, Any]:
    """One test image through the network: what comes out of every layer."""
    answers = outcome.evaluation.probabilities.argmax(axis=-1)
    right = np.flatnonzero(answers == outcome.test.labels)
    chosen = int(right[0]) if len(right) else 0
    pixels = outcome.test.images[chosen : chosen + 1]
    layers = [
        {
            "name": node.name,
            "kind": node.layer.kind,
            "shape": " × ".join(map(str, y.shape[1:])),
            **_maps(y[0]),
        }
        for node, y, _ in outcome.checkpoint.network.steps(outcome.checkpoint.normalisation(pixels))
    ]
    probabilities = outcome.evaluation.probabilities[chosen]
    return {
        "image": _image(pixels[0]),
        "label": outcome.checkpoint.classes[outcome.test.labels[chosen]],
        "layers": layers,
        "bars": [
            {"name": name, "probability": float(p)}
            for name, p in zip(outcome.checkpoint.classes, probabilities, strict=True)
        ],
    }


def _maps(y: Array) -> dict[str, Any]:
    """A layer's output as one picture: a map a channel, or a strip of numbers."""
    maps = y[..., :_MOST_MAPS] if y.ndim == 3 else y.reshape(1, -1, 1)
    columns = None if y.ndim == 3 else 1
    grid = mosaic(maps, columns)
    if y.ndim == 1 and y.size > 64:  # a long vector, in rows of 64
        rows = -(-y.size // 64)
        grid = np.full(rows * 64, np.nan)
        grid[: y.size] = y
        grid = grid.reshape(rows, 64)
    signed = bool((y < 0).any())
    scale = float(np.abs(y).max()) or 1.0
    low = -scale if signed else 0.0
    return {
        "image": picture(grid, low=low, high=scale, colours=_DIVERGING if signed else "viridis"),
        "width": grid.shape[1],
        "low": low,
        "high": scale,
        "left_out": max(y.shape[-1] - _MOST_MAPS, 0) if y.ndim == 3 else 0,
    }
