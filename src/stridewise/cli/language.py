"""The languages in which the checker and the course speak."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Language"]


class Language(StrEnum):
    """English or Chinese."""

    EN = "en"
    ZH = "zh"
