"""What is in a drawing, read back from it."""

import numpy as np
import pytest


@pytest.fixture
def numbers():
    """The numbers in a drawing, as a map."""

    def read(axes):
        found = np.full(axes.images[0].get_array().shape[:2], np.nan)
        for text in axes.texts:
            column, row = text.get_position()
            if column == round(column):  # others are names on corners
                found[row, column] = float(text.get_text().replace("−", "-"))
        return found

    return read


@pytest.fixture
def outlined():
    """The cells with a frame of one style around them."""

    def read(axes, style="-"):
        return {
            (int(frame.get_y() + 0.5) + row, int(frame.get_x() + 0.5) + column)
            for frame in axes.patches
            if frame.get_linestyle() in (style, {"-": "solid", "--": "dashed"}[style])
            for row in range(int(frame.get_height()))
            for column in range(int(frame.get_width()))
        }

    return read
