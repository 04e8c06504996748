"""Text from outside, made fit for terminals, XML, HTML and tables."""

from __future__ import annotations

import re

__all__ = ["escaped", "line", "lines"]

_MOST = 2000

# Control characters steer terminals and are forbidden in XML, as half characters (of names that
# are no text) and noncharacters are; direction marks make a line look like another.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def lines(text: object) -> str:
    r"""Keep what can be shown, line breaks too, and no more than a page of it.

    >>> lines("a\x1b[31m\nb")
    'a�[31m\nb'
    """
    cut = str(text).replace("\r\n", "\n")
    cut = cut if len(cut) <= _MOST else cut[:_MOST] + "…"
    return _UNFIT.sub("�", cut)


def line(text: object) -> str:
    r"""Keep what can be shown, on one line.

    >>> line("a\nb")
    'a b'
    """
    return re.sub(r"[ \t\n]+", " ", lines(text)).strip()


def escaped(json: str) -> str:
    r"""Write what cannot be shown as JSON's escapes, which say the same.

    >>> escaped('"a\u202e"')
    '"a\\u202e"'
    """
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", json)
