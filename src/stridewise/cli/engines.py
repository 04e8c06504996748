"""``stridewise engines``: which engines there are."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Option

from stridewise.engines import engine_info, kernel_cache

__all__ = ["engines"]


def engines(
    clear_cache: Annotated[
        bool, Option("--clear-cache", help="Remove the compiled kernels that are kept on disk.")
    ] = False,
) -> None:
    """Say which engines there are, which one is in use, and why one is missing."""
    if clear_cache:
        count, size = kernel_cache.size()
        kernel_cache.clear()
        typer.echo(f"{kernel_cache.folder()}: {count} kernels removed, {size / 2**20:.1f} MiB")
        return
    typer.echo(engine_info())
    count, size = kernel_cache.size()
    typer.echo(f"kernels on disk: {count}, {size / 2**20:.1f} MiB, in {kernel_cache.folder()}")
