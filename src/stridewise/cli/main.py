"""The command ``stridewise``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; errors are told in one message, without a traceback."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(130)


def _run() -> None:
    from stridewise import __version__
    from stridewise.errors import StridewiseError, missing_extra

    try:
        import typer

        from stridewise.cli.animate import animate
        from stridewise.cli.bench import bench
        from stridewise.cli.check import check
        from stridewise.cli.course import course
        from stridewise.cli.engines import engines
        from stridewise.cli.explore import explore
        from stridewise.cli.predict import predict
        from stridewise.cli.run import run
        from stridewise.cli.train import train
    except ImportError as error:
        if not (error.name or "").startswith(("typer", "rich")):
            raise
        sys.exit(str(missing_extra("stridewise", error.name or "typer", "train")))
    app = typer.Typer(
        name="stridewise",
        help=f"Convolutional networks, one step at a time. Version {__version__}.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for command in (train, predict, run, explore, check, course, animate, bench, engines):
        app.command()(command)
    try:
        app(prog_name="stridewise")
    except StridewiseError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line's job
        sys.exit(1)
