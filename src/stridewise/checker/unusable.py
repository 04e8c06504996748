"""Why a file cannot be checked, as errors that say which of the reasons it is."""

from __future__ import annotations

from stridewise.errors import DataError, explain

__all__ = ["UnusableError", "not_notebook", "not_text", "too_large", "unusable"]


class UnusableError(DataError):
    """A file cannot be checked; ``id`` says which of the reasons it is."""

    def __init__(self, message: str, id: str) -> None:
        super().__init__(message)
        self.id = id


def unusable(id: str, problem: str, *, needed: str, received: str, hint: str) -> UnusableError:
    """Put an error together."""
    text = explain("check", problem, needed=needed, received=received, hint=hint)
    return UnusableError(text, id)


def too_large(name: str, size: int, most: int) -> UnusableError:
    """A file, or the code of a notebook, of ``size`` bytes."""
    return unusable(
        "too-large",
        "the file is too large.",
        needed=f"at most {most // 1024**2} MB",
        received=f"{name}, {size / 1024**2:.1f} MB",
        hint="the functions alone; in a notebook, clear the outputs and save it again",
    )


def not_text(name: str, found: str) -> UnusableError:
    """A file that cannot be decoded."""
    return unusable(
        "not-text",
        "the file is not text.",
        needed="Python in UTF-8, or in the encoding that its first lines name",
        received=f"{name}: {found}",
        hint="save it again as UTF-8",
    )


def not_notebook(found: str) -> UnusableError:
    """A file that is only called a notebook."""
    return unusable(
        "not-notebook",
        "the file is not a notebook.",
        needed="a Jupyter notebook, of version 3 or 4 of the format",
        received=found,
        hint="save it again with Jupyter, or as a .py file",
    )
