"""Figures show themselves in notebooks, with pyplot and without."""

import base64
import io

import pytest
from PIL import Image

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")

DRAWING = """
import numpy as np
import stridewise as sw
from stridewise import figures
trace = sw.traces.record_conv2d(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)))
"""
CALLS = [
    "figures.window(trace, 'conv2d', 0, 0)",
    "figures.feature_maps(trace, 'conv2d')",
    "figures.window_starts(7, 3)",
]


@pytest.mark.parametrize("first", ["", "%matplotlib inline", "import matplotlib.pyplot as plt"])
def test_a_figure_is_one_sharp_picture(first):
    cells = [nbformat.v4.new_code_cell(source) for source in (f"{first}\n{DRAWING}", *CALLS)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    assert not notebook.cells[0].outputs
    for cell in notebook.cells[1:]:
        (output,) = cell.outputs
        shown = output.metadata["image/png"]
        with Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))) as picture:
            assert picture.size == pytest.approx((2 * shown.width, 2 * shown.height), abs=2)
            assert len(picture.convert("L").getcolors()) > 2
