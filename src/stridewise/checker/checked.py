"""What was found about functions of a notebook, as the notebook shows it."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stridewise.checker.findings import Finding, findings
from stridewise.checker.labels import label
from stridewise.checker.pictures import picture_of, spot_of, style
from stridewise.checker.results import SIGNS, FunctionResult
from stridewise.errors import OptionError, explain

if TYPE_CHECKING:
    from stridewise.explorer import Shown
    from stridewise.explorer.widget import Explorer

__all__ = ["Checked"]


@dataclass(frozen=True)
class Checked:
    """What was found, as a notebook and as a terminal show it."""

    functions: Mapping[str, FunctionResult]
    lang: str = "en"
    hints: int = 1

    def __repr__(self) -> str:
        lines = []
        for name, result in self.functions.items():
            lines.append(f"{name}: {label(result.status, self.lang)}")
            lines += [f"  {each}" for each in findings(result, self.lang, self.hints)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = "".join(
            part for name, each in self.functions.items() for part in self._function(name, each)
        )
        language = "zh-CN" if self.lang == "zh" else "en"
        return f'<div lang="{language}"><style>{style()}</style>{parts}</div>'

    def _function(self, name: str, result: FunctionResult) -> Iterator[str]:
        sign = SIGNS[result.status]
        status = label(result.status, self.lang)
        yield f"<p><strong>{sign} <code>{html.escape(name)}</code> {status}</strong></p>"
        said = findings(result, self.lang, self.hints)
        if said:
            yield f"<ul>{''.join(map(_line, said))}</ul>"
        picture = picture_of(name, result, self.lang)
        if picture:
            title = label("picture", self.lang)
            yield f"<details open><summary>{title}</summary>{picture}</details>"

    def explore(self, function: str, *, height: int = 760) -> Explorer | Shown:
        """Show the explorer at the first wrong element of a function; see ``explorer.show_conv2d``.

        Parameters
        ----------
        function : str
            One of those that were checked: a convolution or a pooling, forward or backward.
        height : int
            Of the frame, in pixels, at most.

        Raises
        ------
        OptionError
            If it has no wrong number, or slides no window.
        """
        from stridewise.explorer import show_trace

        result = self.functions.get(function)
        wrong = None if result is None else result.first_wrong
        spot = None if wrong is None else spot_of(function, wrong)
        if spot is None:
            raise self._nothing_to_explore(function)
        return show_trace(spot.trace, at=f"{spot.fragment}&lang={self.lang}", height=height)

    def _nothing_to_explore(self, function: str) -> OptionError:
        can = [
            name
            for name, each in self.functions.items()
            if each.first_wrong is not None and spot_of(name, each.first_wrong)
        ]
        return OptionError(
            explain(
                "explore",
                "there is no wrong number of a window to look at.",
                needed=" | ".join(can) or "a convolution or a pooling with a wrong number",
                received=repr(function),
                hint=f"explore({can[0]!r})" if can else "nothing: there is nothing wrong to see",
            )
        )


def _line(finding: Finding) -> str:
    text = html.escape(finding.text)
    if finding.kind == "code":
        return f"<li><code>{text}</code></li>"
    if finding.kind == "hint":
        name = html.escape(finding.name)
        return f"<li><details><summary>{name}</summary>{text}</details></li>"
    return f"<li>{text}</li>"
