"""``stridewise engines``: which engines there are."""

from __future__ import annotations

import typer

from stridewise.engines import engine_info

__all__ = ["engines"]


def engines() -> None:
    """Say which engines there are, which one is in use, and why one is missing."""
    typer.echo(engine_info())
