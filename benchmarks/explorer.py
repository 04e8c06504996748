"""How quick the explorer is, in a real browser: ``python -m benchmarks.explorer [MODEL.onnx]``.

Prints the time to the first paint after the server has answered, the time from a pointer on a cell
to everything that lights up being laid out, and what memory server and page take.
"""

from __future__ import annotations

import re
import resource
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from stridewise.explorer.exhibit import Exhibit
from stridewise.explorer.server import serve
from stridewise.explorer.subjects import Subject, demo
from stridewise.layers import Conv2D
from stridewise.networks import Sequential

__all__ = ["main"]

_HOVERS = 400

# A pointer's way over random cells of the output: the handlers and the layout that they cause.
_HOVER = """(times) => {
    const grid = document.querySelectorAll("[role=grid]")[2];
    const found = [];
    for (let at = 0; at < times; at++) {
        const cells = grid.querySelectorAll("[role=gridcell]");
        const cell = cells[(at * 7919) % cells.length];
        const start = performance.now();
        cell.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
        document.body.offsetHeight;
        found.push(performance.now() - start);
    }
    return found;
}"""
_FIRST_PAINT = """() => {
    const [navigation] = performance.getEntriesByType("navigation");
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    return paint.startTime - navigation.responseStart;
}"""


def _served(subject: Subject) -> str:
    found: list[str] = []
    ready = threading.Event()

    def opened(address: str) -> None:
        found.append(address)
        ready.set()

    exhibit = Exhibit(subject)
    threading.Thread(target=serve, args=(exhibit, opened), daemon=True).start()
    ready.wait()
    return found[0]


def _opened(browser: Any, subject: Subject) -> tuple[Any, float]:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    address = _served(subject)
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("body[data-ready=true]", timeout=120_000)
    return page, time.perf_counter() - start


def _memory(process: str) -> dict[str, float]:
    """Megabytes that the largest process of the browser of this kind takes.

    ``Rss`` counts what it shares with other processes in full, ``Pss`` its part of that.
    """
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"--type={process}" in (folder / "cmdline").read_text():
                rows = (folder / "smaps_rollup").read_text()
                sizes = re.findall(r"^(Rss|Pss):\s+(\d+)", rows, re.MULTILINE)
                found.append({name: int(size) / 1e3 for name, size in sizes})
        except OSError:
            continue  # it has ended
    return max(found, key=lambda sizes: sizes["Pss"])


def main() -> None:
    """Open the demo, a layer of 28×28×32, and if one is given an ONNX model."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page, ready = _opened(browser, demo())
        paint = page.evaluate(_FIRST_PAINT)
        print(f"demo: first paint {paint:.0f} ms after the answer, ready {1e3 * ready:.0f} ms")
        page.close()

        image = np.random.default_rng(0).standard_normal((1, 28, 28, 32), np.float32)
        network = Sequential([Conv2D(32, 3, padding="same")], image.shape[1:])
        page, _ = _opened(browser, Subject(network, (image,), "28×28×32"))
        page.evaluate(_HOVER, 50)
        times = np.array(page.evaluate(_HOVER, _HOVERS))
        print(f"hover on 28×28×32: median {np.median(times):.1f} ms, ", end="")
        print(f"95 % below {np.percentile(times, 95):.1f} ms")
        page.close()

        if sys.argv[1:]:
            _model(browser, Path(sys.argv[1]))
        browser.close()


def _model(browser: Any, file: Path) -> None:
    from stridewise.exchange.onnx import load

    network = load(file)
    (shape,) = network.inputs.values()
    sizes = [size or 224 for size in (shape or (None, None, 3))]
    image = np.random.default_rng(0).standard_normal((1, *sizes), np.float32)
    page, ready = _opened(browser, Subject(network, (image,), file.name))
    heights = page.evaluate("document.querySelector('nav').scrollHeight")
    for place in range(0, heights, 800):
        page.evaluate("place => document.querySelector('nav').scrollTop = place", place)
        page.wait_for_timeout(60)
    server = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{file.name}: ready {ready:.2f} s, all {len(network.nodes)} cards seen; ", end="")
    page_memory = _memory("renderer")
    print(f"server {server:.0f} MB at most, ", end="")
    print(f"page {page_memory['Pss']:.0f} MB ({page_memory['Rss']:.0f} with what is shared)")


if __name__ == "__main__":
    main()
