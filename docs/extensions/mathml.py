"""Formulas as MathML, which browsers draw themselves: no script, and none from another host.

Brackets grow with what is in them only in a font that is made for formulas; not every system has
one, so STIX Two Math comes along, from the package ziamath.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

_FONT = "STIXTwoMath-Regular.ttf"
_STYLE = f"""\
@font-face {{ font-family: "STIX Two Math"; src: local("STIX Two Math"), url("{_FONT}"); }}
math {{ font-family: "STIX Two Math", math; }}
div.math {{ margin: 1rem 0; overflow-x: auto; }}
"""
_LOGGER = logging.getLogger(__name__)


def mathml(node: nodes.Element, *, as_block: bool) -> str:
    """A formula, or a warning if there is no MathML for all of it."""
    try:
        return str(tex2mathml(node.astext(), as_block=as_block))
    except MathError as error:
        _LOGGER.warning("no MathML for %r: %s", node.astext(), error, location=node)
        return ""


def _inline(self: Any, node: nodes.Element) -> None:
    self.body.append(mathml(node, as_block=False))
    raise nodes.SkipNode


def _display(self: Any, node: nodes.Element) -> None:
    self.body.append(f'<div class="math" tabindex="0">{mathml(node, as_block=True)}</div>')
    raise nodes.SkipNode


def _add_font(app: Any, failure: Exception | None) -> None:
    if failure is None:
        static = Path(app.outdir, "_static")
        (static / _FONT).write_bytes(resources.files("ziamath.fonts").joinpath(_FONT).read_bytes())
        (static / "mathml.css").write_text(_STYLE, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer; ``html_math_renderer = "mathml"`` chooses it."""
    app.add_css_file("mathml.css")
    app.connect("build-finished", _add_font)
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
