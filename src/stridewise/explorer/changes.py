"""What a request may change: the element that the gradient starts from, the image, the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from stridewise.errors import DataError, OptionError, explain
from stridewise.exchange.image_size import parse_image_size
from stridewise.exchange.number_list import parse_numbers
from stridewise.explorer.exhibit import Exhibit

if TYPE_CHECKING:  # a notebook's kernel does without
    from starlette.requests import Request

__all__ = ["Change", "TooLargeError", "changes", "received", "too_large"]

Change: TypeAlias = Callable[[Exhibit, Mapping[str, str], bytes], None]
"""Takes the options in the address, and the body."""

_LONGEST_TITLE = 100
_MEGABYTE = 10**6


class TooLargeError(DataError):
    """A body has more bytes than are taken."""


def changes() -> dict[str, tuple[Change, int]]:
    """By name: what is done, and how many bytes of a body that takes at most."""
    return {
        "pick": (_pick, 0),
        "image": (_image, 32 * _MEGABYTE),
        "model": (_model, 512 * _MEGABYTE),
    }


async def received(request: Request, most: int) -> bytes:
    """The body of a request, which is believed only as far as it has come.

    Raises
    ------
    TooLargeError
        As soon as it is known that there are more than ``most`` bytes.
    """
    claimed = request.headers.get("content-length", "")
    if claimed.isdecimal() and int(claimed[:20]) > most:
        raise too_large(most)
    content = BytesIO()  # which gives its bytes away without a second copy
    async for part in request.stream():
        if content.tell() + len(part) > most:
            raise too_large(most)
        content.write(part)
    return content.getvalue()


def _pick(exhibit: Exhibit, asked: Mapping[str, str], _: bytes) -> None:
    element = asked.get("element", "")
    if not (element.isdecimal() and len(element) < 16):
        raise OptionError(
            explain(
                "explore",
                "the gradient cannot start there.",
                needed="the number of an element of the output",
                received=f"element={element[:50]!r}",
                hint="element=0, for the first",
            )
        )
    exhibit.pick(int(element), asked.get("of", "loss"))


def _image(exhibit: Exhibit, _: Mapping[str, str], content: bytes) -> None:
    exhibit.open_image(content)


def _model(exhibit: Exhibit, asked: Mapping[str, str], content: bytes) -> None:
    size = asked.get("size")
    scale = parse_numbers("scale", asked.get("scale", "1"))
    if len(scale) > 1:
        raise OptionError(
            explain(
                "explore",
                "the scale is one number.",
                needed="what white becomes",
                received=f"{len(scale)} numbers",
                hint="1 or 255",
            )
        )
    exhibit.open_model(
        content,
        _title(asked.get("title", "")),
        size=None if size is None else parse_image_size(size, "size"),
        mean=parse_numbers("mean", asked.get("mean", "0")),
        std=parse_numbers("std", asked.get("std", "1")),
        scale=scale[0],
    )


def _title(name: str) -> str:
    """A file's name as a heading: it is never more than that."""
    return "".join(filter(str.isprintable, name))[:_LONGEST_TITLE].strip() or "model"


def too_large(most: int) -> TooLargeError:
    """The error for a body of more than ``most`` bytes."""
    return TooLargeError(
        explain(
            "explore",
            "the file is too large.",
            needed=f"at most {most // _MEGABYTE} MB",
            received="more than that",
            hint="a smaller one",
        )
    )
