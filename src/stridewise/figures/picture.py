"""A figure that shows itself in a notebook."""

from __future__ import annotations

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

__all__ = ["Picture"]

# Pixels of the file for each pixel on the page: sharp on a dense screen.
_DENSITY = 2


class Picture(Figure):
    """A Matplotlib figure that a notebook shows when it is the last value of a cell.

    A figure made without pyplot is otherwise shown as its text. Nothing is shown twice where
    pyplot is in use: it does not know of this figure.
    """

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        FigureCanvasAgg(self).print_figure(content, format="png", dpi=_DENSITY * self.dpi)
        return content.getvalue()

    def _ipython_display_(self) -> None:
        # Comes before what pyplot registers for all figures, which is half as sharp.
        from IPython.display import display

        width, height = (round(inches * self.dpi) for inches in self.get_size_inches())
        display(  # type: ignore[no-untyped-call]
            {"image/png": self._repr_png_(), "text/plain": repr(self)},
            metadata={"image/png": {"width": width, "height": height}},
            raw=True,
        )
