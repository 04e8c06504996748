"""What is said to a learner, in each language: a sentence and two hints for every mistake."""

from __future__ import annotations

from stridewise.checker.words import chinese, english

__all__ = ["LANGUAGES", "convention", "hints", "message"]

LANGUAGES = ("en", "zh")

_MISTAKES = {"en": english.MISTAKES, "zh": chinese.MISTAKES}
_CONVENTIONS = {"en": english.CONVENTIONS, "zh": chinese.CONVENTIONS}


def message(id: str, lang: str = "en") -> str:
    """One plain sentence that names a mistake.

    >>> message("stride-ignored")
    'The window moves one step at a time: the stride is not used.'
    """
    return _MISTAKES[lang][id][0]


def hints(id: str, lang: str = "en") -> tuple[str, str]:
    """Two hints, where to look and then what to look for; neither is the solution.

    >>> hints("stride-ignored")[0]
    'Look at where the window starts: what do its first row and column depend on?'
    """
    _, first, second = _MISTAKES[lang][id]
    return first, second


def convention(id: str, lang: str = "en") -> str:
    """One sentence about a choice that is no fault.

    >>> convention("float32")
    'It computes in float32, so that about seven digits are right.'
    """
    return _CONVENTIONS[lang][id]
