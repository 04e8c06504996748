"""The rows of docs/conformance.md that PyTorch's samples give."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs" / "conformance.md"


def row(count: Mapping[str, Any]) -> str:
    """One operator of PyTorch."""
    outside = sum(count["out_of_scope"].values())
    errors = count["errors"]
    return (
        f"| {count['op']} | {count['samples']} | {count['compared']} | {count['gradients']} "
        f"| {outside} | {errors.get('refused', 0)} | {errors.get('accepted on purpose', 0)} "
        f"| {errors.get('out of scope', 0)} |"
    )
