"""The page put together from its files: with links to them, or with all of them in it.

The modules import one another as ``stridewise/grid``; an import map says where that is. So the
same files serve a server and a single file, without a build step.
"""

from __future__ import annotations

import base64
import html
import json
import secrets
from functools import cache
from importlib import resources
from string import Template

from stridewise.explorer.numbers import embedded
from stridewise.traces import Trace

__all__ = ["exported", "framed", "page_file", "policy", "served"]

_TYPES = {"js": "text/javascript", "css": "text/css"}


@cache
def _files() -> dict[str, str]:
    """The page's files by name, read once."""
    folder = resources.files("stridewise.explorer") / "page"
    return {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.is_file()}


def page_file(name: str) -> tuple[str, str] | None:
    """A file that the page links to, and its type; None for any other name."""
    kind = _TYPES.get(name.rpartition(".")[2])
    text = _files().get(name)
    return None if kind is None or text is None else (text, kind)


def policy(nonce: str, *, alone: bool) -> str:
    """What the page may do: run its own scripts, and if it is not alone, ask its server."""
    sources = {
        "default-src": "'none'",
        "script-src": f"'nonce-{nonce}' " + ("data:" if alone else "'self'"),
        "style-src": f"'nonce-{nonce}'" if alone else "'self'",
        "img-src": "data:",
        "connect-src": "'none'" if alone else "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in sources.items())


def served(nonce: str) -> str:
    """The page that asks a server for its files and its numbers."""
    return _filled(
        nonce,
        {_specifier(name): f"./page/{name}" for name in _modules()},
        style='<link rel="stylesheet" href="page/style.css">',
    )


def exported(trace: Trace, at: str = "") -> str:
    """The page as one file that needs nothing else, with all of a trace in it.

    Parameters
    ----------
    trace : Trace
    at : str
        Where it opens, if its address does not say: what follows the ``#`` there.

    Raises
    ------
    DataError
        If the trace is too large for that.

    Examples
    --------
    >>> import numpy as np
    >>> from stridewise.traces import record_pool2d
    >>> page = exported(record_pool2d(np.zeros((1, 4, 4, 1)), 2))
    >>> page.startswith("<!doctype html>"), "http:" in page
    (True, False)
    """
    content = embedded(trace)
    return _alone(f'<script type="application/json" id="content">{content}</script>', at)


def framed(at: str = "") -> str:
    """The page as one file that asks the page whose frame it is in for its numbers."""
    return _alone('<div id="framed" hidden></div>', at)


def _alone(content: str, at: str) -> str:
    """The page with all its files in it, which may ask no address."""
    nonce = secrets.token_urlsafe(16)
    imports = {_specifier(name): _data_url(_files()[name]) for name in _modules()}
    rules = policy(nonce, alone=True)
    return _filled(
        nonce,
        imports,
        policy=f'<meta http-equiv="Content-Security-Policy" content="{rules}">',
        style=f'<style nonce="{nonce}">{_files()["style.css"]}</style>',
        content=content,
        at=f"#{at}" if at else "",
    )


def _filled(
    nonce: str,
    imports: dict[str, str],
    *,
    style: str,
    policy: str = "",
    content: str = "",
    at: str = "",
) -> str:
    return Template(_files()["index.html"]).substitute(
        nonce=nonce,
        imports=json.dumps({"imports": imports}),
        style=style,
        policy=policy,
        content=content,
        at=html.escape(at),
    )


def _modules() -> list[str]:
    return sorted(name for name in _files() if name.endswith(".js"))


def _specifier(name: str) -> str:
    return f"stridewise/{name.removesuffix('.js')}"


def _data_url(text: str) -> str:
    return f"data:text/javascript;base64,{base64.b64encode(text.encode()).decode('ascii')}"
