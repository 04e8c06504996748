"""The chapters' sources: notebooks as MyST text, a folder a language, solutions included."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Literal

from stridewise.options import require_choice

__all__ = ["LANGUAGES", "Chapter", "Language", "chapters"]

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True)
class Chapter:
    """One chapter as it is written.

    Attributes
    ----------
    name : str
        Of its files, without what they end in; it begins with its number.
    lang : "en" or "zh"
    text : str
        A notebook as MyST Markdown.
    """

    name: str
    lang: Language
    text: str

    @property
    def title(self) -> str:
        """Its first heading."""
        return next(line[2:] for line in self.text.splitlines() if line.startswith("# "))


def chapters(lang: Language = "en") -> tuple[Chapter, ...]:
    """Give the chapters in their order.

    Raises
    ------
    OptionError
        If there is no course in that language.

    Examples
    --------
    >>> [chapter.name for chapter in chapters()][:2]
    ['1-images-and-padding', '2-one-step']
    """
    require_choice("course", "there is no course in that language.", lang, LANGUAGES)
    folder = resources.files(__name__).joinpath(lang)
    files = sorted((each for each in folder.iterdir()), key=lambda each: each.name)
    return tuple(
        Chapter(each.name.removesuffix(".md"), lang, each.read_text("utf-8"))
        for each in files
        if each.name.endswith(".md")
    )
