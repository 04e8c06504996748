"""Where in a learner's function a mistake probably is."""

from __future__ import annotations

import re

__all__ = ["line_of"]

# What the line does that is wrong; the first such line counts.
_PATTERNS = {
    "pads-": r"\bpad\s*\(|\bpadding\s*\(|\bzeros\s*\(",
    "const-": r"\bpad\s*\(|\bconst\b",
    "dims-": r"\bpad\s*\(|\bdims\b",
    "bias-": r"\bb\b",
    "first-bias": r"\bb\s*\[",
    "first-filter": r"\bW\s*\[",
    "kernel-flipped": r"::\s*-1|\bflip|rot90",
    "weights-flipped": r"::\s*-1|\bflip|rot90",
    "mean-not-sum": r"\bmean\b|/",
    "sum-not-mean": r"\bsum\b",
    "stride-": r"start\s*=|\bstride\s*\*|\*\s*stride",
    "size-formula": r"\bn_[HW]\s*=",
    "crop-": r"pad\s*:\s*-|:\s*n_[HW]",
    "assigns-not-adds": r"\]\s*=(?!=)",
    "returns-inside-loop": r"\breturn\b|range\(1\)",
    "mode-ignored": r"\bmode\b",
    "divides-by-m": r"/\s*m\b|/=\s*m\b",
    "db-missing-axis": r"\bdb\b.*(sum|=)",
    "mask-": r"==|max|min|abs",
    "distribute-": r"/|\bones\b|\bfull\b|mean",
    "max-from-zero": r"=\s*0\b|max\s*\(\s*0",
    "cache-padded": r"\bcache\s*=",
}


def line_of(mistake: str, lines: dict[int, str]) -> int | None:
    """The number of the line, if one can be told; ``lines`` are the function's, by number.

    >>> line_of("stride-ignored", {7: "def f():", 8: "    vert_start = h"})
    8
    """
    matching = [prefix for prefix in _PATTERNS if mistake.startswith(prefix)]
    if not matching:
        return None
    pattern = re.compile(_PATTERNS[max(matching, key=len)])
    body = list(lines.items())[1:]
    return next((number for number, line in body if pattern.search(line.split("#")[0])), None)
