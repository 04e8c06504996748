"""Draw the pictures of the README from a trained run: ``python docs/figures.py runs/demo``."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from stridewise.datasets import digits
from stridewise.report.pictures import mosaic
from stridewise.training import load_checkpoint

HERE = Path(__file__).parent


def walk(run: str) -> None:
    """One digit through the network: the digit, maps after each layer that has some, the answer."""
    checkpoint = load_checkpoint(run)
    image = digits().images[3:4]
    shown = [
        (node.name, y[0])
        for node, y, _ in checkpoint.network.steps(checkpoint.normalisation(image))
        if y.ndim == 4 and node.layer.kind in ("Activation", "MaxPool")
    ]
    figure = Figure(figsize=(12, 2.9), layout="constrained", facecolor="white")
    axes = figure.subplots(1, len(shown) + 2, width_ratios=[1, *[1.5] * len(shown), 1.1])
    axes[0].imshow(image[0, :, :, 0], cmap="gray")
    axes[0].set_title("8 × 8 pixels", fontsize=10)
    for place, (name, maps) in zip(axes[1:], shown, strict=False):
        place.imshow(mosaic(maps, columns=4 if maps.shape[-1] == 16 else 8), cmap="magma")
        place.set_title(f"{name}\n{' × '.join(map(str, maps.shape))}", fontsize=10)
    probabilities = checkpoint.probabilities(image)[0]
    axes[-1].barh(range(10), probabilities, color="#2f7fd6")
    axes[-1].set(yticks=range(10), xlim=(0, 1), xticks=[0, 1])
    axes[-1].invert_yaxis()
    axes[-1].set_title("the answer", fontsize=10)
    axes[-1].spines[["top", "right"]].set_visible(False)
    for place in axes[:-1]:
        place.set_axis_off()
    figure.savefig(HERE / "walk.png", dpi=110)


def seven() -> None:
    """One digit as an image file, to try ``stridewise predict`` on."""
    chosen = digits()
    pixels = chosen.images[np.flatnonzero(chosen.labels == 7)[0], :, :, 0]
    large = np.kron(np.round(pixels * 255).astype(np.uint8), np.ones((16, 16), np.uint8))
    Image.fromarray(large).save(HERE / "seven.png")


if __name__ == "__main__":
    mpl.rcParams["font.family"] = "DejaVu Sans"
    walk(sys.argv[1])
    seven()
