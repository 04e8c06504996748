"""Draw the pictures of docs/performance.md: ``python docs/performance_figures.py``."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

HERE = Path(__file__).parent

# Shades that stay apart in grey; `WARM` is always hatched as well.
PAPER, PALE, LIGHT, MID, DARK, WARM = (
    *("#ffffff", "#e9f0f6", "#bcd4e8", "#78a9d1", "#2b6396"),
    "#f3c15f",
)
INK, SMALL, NORMAL = "#1b2733", 8.5, 10
_CENTRE: dict[str, Any] = {"ha": "center", "va": "center"}
# The four phases of a gradient, in a picture that does without hatching.
PHASES = {(1, 1): PAPER, (1, 2): LIGHT, (2, 1): MID, (2, 2): DARK}


def canvas(width: float, height: float, inches: float = 7.0) -> tuple[Figure, Axes]:
    """A drawing with squares that are square; y grows downwards."""
    figure = Figure(figsize=(inches, inches * height / width), facecolor="white")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.set_axis_off()
    return figure, axes


def box(
    axes: Axes,
    x: float,
    y: float,
    width: float,
    height: float,
    colour: str = PAPER,
    text: str = "",
    size: float = SMALL,
    line: float = 0.8,
    **more: Any,
) -> None:
    """A rectangle, perhaps with words in it."""
    edge = more.pop("edge", INK)
    axes.add_patch(
        Rectangle((x, y), width, height, facecolor=colour, edgecolor=edge, linewidth=line, **more)
    )
    if text:
        ink = PAPER if colour == DARK else INK
        axes.text(x + width / 2, y + height / 2, text, size=size, color=ink, **_CENTRE)


def cells(
    axes: Axes, x: float, y: float, columns: int, rows: int, size: float, colour: str, **more: Any
) -> None:
    """A grid of squares."""
    for row in range(rows):
        for column in range(columns):
            box(axes, x + column * size, y + row * size, size, size, colour, line=0.5, **more)


def say(axes: Axes, x: float, y: float, text: str, size: float = SMALL, **more: Any) -> None:
    """Words in the picture."""
    options = {"ha": "left", "va": "center", "color": INK} | more
    axes.text(x, y, text, size=size, **options)


def arrow(axes: Axes, begin: tuple[float, float], end: tuple[float, float], **more: Any) -> None:
    """An arrow from one place to another."""
    options = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.0, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, begin, arrowprops=options | more)


def vector(axes: Axes, x: float, y: float, lanes: int, lane: float, colour: str) -> None:
    """A vector register: lanes side by side."""
    for number in range(lanes):
        box(axes, x + number * lane, y, lane, 2 * lane, colour, line=0.25)
    box(axes, x, y, lanes * lane, 2 * lane, "none", line=0.9)


def register_tile() -> Figure:
    """Two tiles: 6 rows of 4 vectors, 14 rows of 2."""
    figure, axes = canvas(100, 59)
    _tile(axes, 9, 6, 4, "6 × 4: 24 sums", "10 loads, 24 multiply-adds a step")
    _tile(axes, 66, 14, 2, "14 × 2: 28 sums", "16 loads, 28 multiply-adds a step")
    return figure


def _tile(axes: Axes, left: float, rows: int, vectors: int, title: str, count: str) -> None:
    lane, gap, pitch, top, chosen = 0.66, 0.8, 3.0, 13.0, 2
    width = 16 * lane
    right = left + vectors * (width + gap)
    middle = (left - 5 + right) / 2
    say(axes, middle, 3, title, NORMAL, weight="bold", ha="center")
    for v in range(vectors):
        x = left + v * (width + gap)
        say(axes, x + width / 2, 7.2, f"w[{v}]", ha="center")
        vector(axes, x, 8.8, 16, lane, WARM)
        for row in range(rows):
            colour = MID if row == chosen else PALE
            vector(axes, x, top + row * pitch, 16, lane, colour)
    for row in range(rows):
        colour = DARK if row == chosen else LIGHT
        box(axes, left - 3.2, top + row * pitch, 1.4, 1.4, colour)
    say(axes, left - 4.0, top + chosen * pitch + 0.7, "x[2]", ha="right")
    arrow(axes, (left - 1.7, top + chosen * pitch + 0.7), (left - 0.1, top + chosen * pitch + 0.7))
    bottom = top + rows * pitch + 1.6
    say(axes, middle, bottom, count, ha="center")
    if rows == 6:
        lines = (
            "one step, for each row r and vector v:",
            "sum[r][v]  +=  x[r] · w[v]",
            "",
            "x[r]: one number, copied to every lane",
            "w[v]: one vector of 16 weights",
            "sum[r][v]: stays in its register",
        )
        for number, text in enumerate(lines):
            weight = "bold" if number == 1 else "normal"
            say(axes, middle, bottom + 6 + number * 3.2, text, ha="center", weight=weight)


def pixels() -> Figure:
    """What a tile of six pixels sees in a channels-last image, and in its memory."""
    figure, axes = canvas(100, 61)
    size, left, top = 5.0, 6.0, 9.0
    say(axes, left, 4, "image, three of its rows: each square is a pixel of C_in numbers", NORMAL)
    for row in range(3):
        for column in range(12):
            seen = 3 <= column < 11
            at_tap = row == 1 and 4 <= column < 10
            colour = MID if at_tap else LIGHT if seen else PAPER
            text = f"x[{column - 4}]" if at_tap else ""
            box(axes, left + column * size, top + row * size, size, size, colour, text)
    say(axes, left + 12 * size + 2, top + 2.5, "pale: what the tile of 6 output", SMALL)
    say(axes, left + 12 * size + 2, top + 5.3, "pixels sees, kernel 3 × 3", SMALL)
    say(axes, left + 12 * size + 2, top + 9.6, "darker: what its rows read in", SMALL)
    say(axes, left + 12 * size + 2, top + 12.4, "one step, of the middle tap", SMALL)

    say(axes, left, 29.5, "the middle row in memory, C_in = 4; the step of channel 1", NORMAL)
    small = 1.55
    for column in range(12):
        for channel in range(4):
            x = left + (column * 4 + channel) * small
            seen = 3 <= column < 11
            read = 4 <= column < 10 and channel == 1
            box(axes, x, 32.5, small, small * 2, DARK if read else LIGHT if seen else PAPER)
        if 4 <= column < 10:
            x = left + (column * 4 + 1.5) * small
            say(axes, x, 37.3, f"x[{column - 4}]", 7.5, ha="center")
    say(axes, left + 48 * small + 2, 32.8, "x_row =", SMALL)
    say(axes, left + 48 * small + 2, 35.4, "stride · C_in", SMALL)

    say(axes, left, 43, "at a border: a copy of what the tile sees, framed with zeros", NORMAL)
    for row in range(3):
        for column in range(8):
            zero = column == 0
            colour = WARM if zero else LIGHT
            more = {"hatch": "///"} if zero else {}
            box(axes, left + column * 4.2, 46 + row * 4.2, 4.2, 4.2, colour, **more)
            if zero:
                box(axes, left + 1.2, 46.9 + row * 4.2, 1.8, 2.4, PAPER, "0", line=0)
    x = left + 8 * 4.2 + 3
    say(axes, x, 48.2, "Only tiles at the left and the right border need it.", SMALL)
    say(axes, x, 51.6, "Rows above and below the image are left out:", SMALL)
    say(axes, x, 54.6, "the loop over the kernel's rows is shorter there.", SMALL)
    return figure


def panels() -> Figure:
    """Weights packed into panels, and the work as a list of items."""
    figure, axes = canvas(100, 59)
    left, top = 6.0, 8.0
    say(axes, left, 4, "a panel: the weights of 64 output channels, as the tile reads them", NORMAL)
    parts = [("bias", WARM, 9.0)]
    parts += [(f"tap {tap}", (PALE, LIGHT)[tap % 2], 15.0) for tap in range(3)]
    x = left
    for name, colour, width in parts:
        more = {"hatch": "///"} if colour == WARM else {}
        box(axes, x, top, width, 6, colour, "" if more else name, **more)
        if more:
            box(axes, x + 1.6, top + 1.6, width - 3.2, 2.8, PAPER, name, line=0)
        x += width
    say(axes, x + 1.5, top + 3, "…  tap 8", SMALL)
    begin = left + 9.0
    for channel in range(5):
        box(
            axes,
            begin + channel * 9,
            top + 11,
            9,
            5,
            PALE,
            "…" if channel == 4 else f"c = {channel}",
        )
    for v in range(4):
        box(axes, begin + v * 9, top + 21, 9, 5, LIGHT, f"w[{v}]")
    dotted = {"arrowstyle": "-", "linewidth": 0.7, "linestyle": ":"}
    for upper, lower, y in ((0, 0, 6), (15, 45, 6), (0, 0, 16), (9, 36, 16)):
        arrow(axes, (begin + upper, top + y), (begin + lower, top + y + 5), **dotted)
    say(axes, begin + 47, top + 13.5, "one tap: a row for each input channel", SMALL)
    say(axes, begin + 38, top + 23.5, "one row: 4 vectors of 16, the w[v] of one step", SMALL)

    say(axes, left, 41, "items: a set of panels for a tile of pixels, in one list", NORMAL)
    wide, tiles = 6.6, 6
    for number in range(2 * tiles):
        panel_set, tile = divmod(number, tiles)
        second = number >= tiles
        more = {"hatch": "///"} if second else {}
        box(axes, left + number * wide, 45, wide, 5, WARM if second else LIGHT, **more)
        box(
            axes,
            left + number * wide + 1.0,
            46.1,
            wide - 2.0,
            2.8,
            PAPER,
            f"{panel_set},{tile}",
            line=0,
        )
    say(axes, left, 53, "thread 0: packs set 0, then all tiles", SMALL)
    say(axes, left + tiles * wide, 53, "thread 1: packs set 1, then all tiles", SMALL)
    text = "(set, tile): neighbours in the list use the same panels, which stay in the L2 cache"
    say(axes, left, 56.4, text)
    return figure


def phases() -> Figure:
    """Size 7, stride 2, kernel 3, padding 1: which taps the pixels of a phase meet."""
    figure, axes = canvas(100, 57)
    size, left, top = 5.9, 8.0, 10.5
    taps = ((1,), (0, 2))  # of an even and of an odd row or column
    say(axes, left, 4, "grad_x, by phase", NORMAL, weight="bold")
    for row in range(7):
        say(axes, left - 1.5, top + (row + 0.5) * size, str(row), ha="right")
        for column in range(7):
            found = (len(taps[row % 2]), len(taps[column % 2]))
            text = str(found[0] * found[1])
            x, y = left + column * size, top + row * size
            box(axes, x, y, size, size, PHASES[found], text, NORMAL)
            if row == 0:
                say(axes, x + size / 2, top - 1.8, str(column), ha="center")
    say(axes, left, top + 7 * size + 2.5, "in each pixel: the taps that it meets", SMALL)

    say(axes, 58, 4, "taps of the 3 × 3 kernel, by phase", NORMAL, weight="bold")
    names = ("even", "odd")
    for row in range(2):
        for column in range(2):
            x, y = 58 + column * 20.5, 14.5 + row * 21.5
            colour = PHASES[len(taps[row]), len(taps[column])]
            say(axes, x, y - 5.0, f"{names[row]} rows,", SMALL)
            say(axes, x, y - 2.2, f"{names[column]} columns", SMALL)
            cells(axes, x, y, 3, 3, 4.3, PAPER, edge=MID)
            for i, j in itertools.product(taps[row], taps[column]):
                box(axes, x + j * 4.3, y + i * 4.3, 4.3, 4.3, colour, f"{i},{j}", 7.5)
    return figure


def turned() -> Figure:
    """The same tile in the three sums of a convolution."""
    figure, axes = canvas(100, 41)
    sums = (
        ("forward", "output pixels", "output channels", "taps × input channels", "x", "w"),
        (
            *("gradient by x", "input pixels of a phase", "input channels"),
            *("taps × output channels", "grad_y", "w"),
        ),
        ("gradient by weight", "input channels", "output channels", "output pixels", "x", "grad_y"),
    )
    for number, (title, rows, vectors, steps, one, many) in enumerate(sums):
        left, top, lane = 9.5 + number * 32, 12.0, 0.55
        say(axes, left + 9, 3, title, NORMAL, weight="bold", ha="center")
        say(axes, left + 9, 7, vectors, SMALL, ha="center")
        for v in range(2):
            vector(axes, left + v * 9.4, 9, 16, lane, WARM)
            for row in range(6):
                vector(
                    axes, left + v * 9.4, top + row * 2.7, 16, lane, MID if number == 2 else PALE
                )
        for row in range(6):
            box(axes, left - 2.4, top + row * 2.7, 1.1, 1.1, DARK)
        say(axes, left - 4, top + 7.5, rows, SMALL, rotation=90, ha="center")
        say(axes, left + 9, top + 18.5, "steps go over", SMALL, ha="center")
        say(axes, left + 9, top + 21.4, steps, SMALL, ha="center", weight="bold")
        say(axes, left + 9, top + 25.4, f"numbers of {one}, vectors of {many}", SMALL, ha="center")
    return figure


def shared() -> Figure:
    """Three channels a pixel: alone in a vector, and four pixels together."""
    figure, axes = canvas(100, 39)
    size, left = 4.6, 14.0
    shades = (LIGHT, MID, PALE, DARK)
    say(
        axes,
        left,
        3.5,
        "grad_x of an image: 3 channels a pixel, 16 lanes a vector",
        NORMAL,
        weight="bold",
    )
    say(axes, left, 8, "one pixel a vector: 13 of 16 lanes are idle", SMALL)
    for lane in range(16):
        used = lane < 3
        box(
            axes,
            left + lane * size,
            10,
            size,
            size,
            LIGHT if used else PAPER,
            "rgb"[lane] if used else "",
        )
    say(axes, left, 19.5, "four pixels a vector, as they are in memory: 4 are idle", SMALL)
    for lane in range(16):
        pixel = lane // 3
        used = pixel < 4
        box(
            axes,
            left + lane * size,
            21.5,
            size,
            size,
            shades[pixel] if used else PAPER,
            "rgb"[lane % 3] if used else "",
        )
    for pixel in range(4):
        say(axes, left + (pixel * 3 + 1.5) * size, 28.2, f"pixel {pixel}", SMALL, ha="center")
    say(axes, left, 33, "seen as one pixel of 12 channels, at 4 times the distance;", SMALL)
    say(axes, left, 36, "where a pixel does not meet a tap, its weights are 0", SMALL)
    return figure


def winograd() -> Figure:
    """From 6×6 inputs over 36 products to 4×4 outputs."""
    figure, axes = canvas(100, 57)
    size = 3.0
    say(axes, 2, 3.5, "for each input channel", NORMAL, weight="bold")
    say(axes, 2, 8.5, "6 × 6 inputs", SMALL)
    cells(axes, 2, 10.5, 6, 6, size, PALE)
    arrow(axes, (21, 19.5), (31.5, 19.5))
    say(axes, 26, 17.4, "Bᵀ d B", SMALL, ha="center")
    cells(axes, 32.5, 10.5, 6, 6, size, LIGHT)

    say(axes, 2, 35, "3 × 3 weights", SMALL)
    cells(axes, 2, 37, 3, 3, size, WARM)
    arrow(axes, (12, 41.5), (31.5, 41.5))
    say(axes, 21.5, 39.4, "G g Gᵀ", SMALL, ha="center")
    cells(axes, 32.5, 32.5, 6, 6, size, WARM, hatch="//")

    arrow(axes, (51.3, 19.5), (56.3, 26.5))
    arrow(axes, (51.3, 41.5), (56.3, 34.5))
    say(axes, 54.3, 30.5, "×, Σ", NORMAL, ha="center", weight="bold")
    say(axes, 66.5, 12.6, "36 products,", SMALL, ha="center")
    say(axes, 66.5, 15.6, "added up over", SMALL, ha="center")
    say(axes, 66.5, 18.6, "the input channels", SMALL, ha="center")
    cells(axes, 57.5, 21.5, 6, 6, size, MID)
    arrow(axes, (76.5, 30.5), (85, 30.5))
    say(axes, 80.7, 28.4, "Aᵀ m A", SMALL, ha="center")
    say(axes, 92, 22, "4 × 4 outputs", SMALL, ha="center")
    cells(axes, 86, 24.5, 4, 4, size, DARK)
    say(axes, 57.5, 46, "Directly: 16 outputs × 9 taps = 144 products", SMALL)
    say(axes, 57.5, 49.4, "a channel. Here: 36, a quarter.", SMALL)
    return figure


def groups() -> Figure:
    """Lanes of depthwise convolution, and of groups of two channels."""
    figure, axes = canvas(100, 54)
    size, left = 4.6, 24.0

    def line(y: float, names: list[str], colour: str, label: str) -> None:
        say(axes, left - 2, y + size / 2, label, SMALL, ha="right")
        for lane, name in enumerate(names):
            box(axes, left + lane * size, y, size, size, colour if lane // 2 % 2 else PALE, name)

    every = range(16)
    say(axes, left, 3.5, "depthwise: every channel is its own group", NORMAL, weight="bold")
    line(6.5, [f"x{i}" for i in every], PALE, "one vector of x")
    line(12.5, [f"w{i}" for i in every], PALE, "times one of weights")
    line(18.5, [f"y{i}" for i in every], PALE, "added to one of sums")

    say(axes, left, 29, "groups of two channels in, two out", NORMAL, weight="bold")
    line(32, [f"x{i}" for i in every], LIGHT, "one vector of x")
    line(40, [f"x{i // 2 * 2}" for i in every], LIGHT, "its lanes for input 0")
    line(46, [f"x{i // 2 * 2 + 1}" for i in every], LIGHT, "its lanes for input 1")
    for lane in range(0, 16, 2):
        begin = left + (lane + 0.5) * size
        arrow(axes, (begin, 32 + size), (begin, 39.9), linewidth=0.7)
        arrow(axes, (begin, 32 + size), (begin + size, 39.9), linewidth=0.7)
    return figure


def pooling() -> Figure:
    """Overlapping vectors of channels, and the gradient that gathers."""
    figure, axes = canvas(100, 56)
    size, left = 3.3, 7.0
    say(
        axes,
        left,
        3.5,
        "20 channels, vectors of 16: the second begins earlier",
        NORMAL,
        weight="bold",
    )
    for channel in range(20):
        twice = 4 <= channel < 16
        box(axes, left + channel * size, 7, size, size, MID if twice else LIGHT, str(channel), 7)
    box(axes, left + 0.2, 11.4, 16 * size - 0.4, 2.4, PALE, "first vector", 7.5)
    box(axes, left + 4 * size, 14.6, 16 * size - 0.2, 2.4, PALE, "second vector", 7.5)
    say(axes, left + 21 * size, 8.7, "dark: computed twice", SMALL)

    say(
        axes,
        left,
        24,
        "the gradient gathers: one element, and the windows that cover it",
        NORMAL,
        weight="bold",
    )
    wide = 6.0
    for column in range(11):
        colour = DARK if column == 4 else PAPER
        box(axes, left + column * wide, 35.5, wide, 5, colour, f"x[{column}]")
    for number in range(5):
        begin, y = left + number * 2 * wide, 43.5 if number % 2 else 28.5
        colour = LIGHT if number in (1, 2) else PAPER
        box(axes, begin + 0.3, y, 3 * wide - 0.6, 4, colour, f"window {number}")
    middle = left + 4.5 * wide
    arrow(axes, (middle, 32.5), (middle, 35.3))
    arrow(axes, (middle, 43.5), (middle, 40.7))
    say(axes, left, 51, "kernel 3, stride 2: x[4] adds up what it gets from windows 1 and 2,")
    say(axes, left, 54, "in this order, and is written once")
    return figure


PICTURES = {
    "tile": register_tile,
    "pixels": pixels,
    "panels": panels,
    "phases": phases,
    "turned": turned,
    "shared": shared,
    "winograd": winograd,
    "groups": groups,
    "pooling": pooling,
}


def draw(folder: Path) -> list[Path]:
    """Write every picture into a folder; gives their paths."""
    written = []
    for name, picture in PICTURES.items():
        path = folder / f"performance_{name}.png"
        picture().savefig(path, dpi=150)
        written.append(path)
    return written


if __name__ == "__main__":
    for path in draw(HERE):
        print(path, f"{path.stat().st_size / 1024:.0f} KiB")
