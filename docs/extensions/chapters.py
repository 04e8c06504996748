"""Take the course's chapters into the site, from where the package has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1]
CHAPTERS = DOCS.parent / "src" / "stridewise" / "course" / "chapters"

_TITLES = {"en": "The course in English", "zh": "中文课程"}
# What is said where a solution is folded.
_FOLDED = {"en": ("Show the solution", "Hide the solution"), "zh": ("显示答案", "隐藏答案")}
_FRONT_MATTER = """\
---
file_format: mystnb
mystnb:
  code_prompt_show: {}
  code_prompt_hide: {}
"""


def as_page(text: str, lang: str) -> str:
    r"""A chapter as a page that MyST-NB runs.

    >>> print(as_page("---\nkernelspec:\n  name: python3\n---\n# Images\n", "en"))
    ---
    file_format: mystnb
    mystnb:
      code_prompt_show: Show the solution
      code_prompt_hide: Hide the solution
    kernelspec:
      name: python3
    ---
    # Images
    <BLANKLINE>
    """
    return _FRONT_MATTER.format(*_FOLDED[lang]) + text.removeprefix("---\n")


def contents(lang: str, names: list[str]) -> str:
    """The page that lists the chapters of a language."""
    listed = "".join(f"{name}\n" for name in sorted(names))
    return f"# {_TITLES[lang]}\n\n```{{toctree}}\n{listed}```\n"


def copy_chapters(source: Path, target: Path) -> None:
    """Make ``target`` hold a page for every chapter of ``source``, and one that lists them.

    What has not changed is not touched, so that it is not run again.
    """
    pages = {}
    for lang in _TITLES:
        chapters = list((source / lang).glob("*.md"))
        pages[target / lang / "index.md"] = contents(lang, [path.stem for path in chapters])
        for path in chapters:
            pages[target / lang / path.name] = as_page(path.read_text(encoding="utf-8"), lang)
    for path in target.glob("*/*.md"):
        if path not in pages:
            path.unlink()
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _copy_into_site(app: Any) -> None:
    copy_chapters(Path(app.config.chapters), Path(app.srcdir) / "course")


def setup(app: Any) -> dict[str, bool]:
    """Copy before the site's pages are looked for."""
    app.add_config_value("chapters", str(CHAPTERS), "env", types=(str,))
    app.connect("builder-inited", _copy_into_site)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
