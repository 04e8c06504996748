"""The site runs the chapters, folds their solutions, and asks nobody for anything."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.extensions import chapters, docstrings

ROOT = Path(__file__).parents[2]
CHAPTER = """\
---
kernelspec:
  display_name: Python 3
  name: python3
---

# Padding

It becomes $n + 2p$ wide, and

$$
\\begin{pmatrix} 1 & 2 \\end{pmatrix} \\longrightarrow \\begin{pmatrix} 0 & 1 & 2 & 0 \\end{pmatrix}
$$

```{code-cell} ipython3
:tags: [hide-input]

import numpy as np

def widened(width, pad):
    return width + 2 * pad
```

```{code-cell} ipython3
print("width:", widened(40, 1))
```

```{code-cell} ipython3
from stridewise import explorer

explorer.show_conv2d(np.ones((1, 3, 4, 1)), np.ones((2, 2, 1, 1)))
```
"""


def build(folder, chapter):
    """Make a site of one chapter, with the settings of the whole one."""
    (folder / "chapters" / "en").mkdir(parents=True)
    (folder / "chapters" / "en" / "1-padding.md").write_text(chapter, encoding="utf-8")
    (folder / "site").mkdir()
    (folder / "site" / "index.md").write_text(
        "# All\n\n```{toctree}\ncourse/en/index\ncourse/zh/index\n```\n"
    )
    settings = ["-D", f"chapters={folder / 'chapters'}", "-c", str(ROOT / "docs")]
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-n", *settings, folder / "site", folder / "html"],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "HOME": str(folder)},
    )


def test_a_chapter_is_run_and_needs_no_other_host(tmp_path):
    built = build(tmp_path, CHAPTER)
    assert built.returncode == 0, built.stderr
    page = (tmp_path / "html" / "course" / "en" / "1-padding.html").read_text(encoding="utf-8")
    assert "width: 42" in page
    folded = page[page.index("<details") : page.index("</details>")]
    assert "Show the solution" in folded
    assert "widened" in folded
    assert page.count("<math") == 2
    assert "<iframe" in page  # the explorer, with all its numbers
    loaded = re.findall(r'<(?:script|link|img)[^>]+?(?:src|href)="([^"]+)"', page)
    assert loaded
    assert not [address for address in loaded if "//" in address]
    assert (tmp_path / "html" / "_static" / "STIXTwoMath-Regular.ttf").stat().st_size > 10**6


@pytest.mark.parametrize(
    ("instead", "said"),
    [("1 / 0", "ZeroDivisionError"), ("None\n```\n\n$\\nonsense$\n\n```python", "nonsense")],
)
def test_a_chapter_that_fails_fails_the_build(tmp_path, instead, said):
    head = CHAPTER[: CHAPTER.index("```{code-cell}")]
    built = build(tmp_path, f"{head}```{{code-cell}} ipython3\n{instead}\n```\n")
    assert built.returncode != 0
    assert said in built.stderr


def test_pages_follow_the_chapters(tmp_path):
    source, pages = tmp_path / "chapters", tmp_path / "course"
    for lang in ("en", "zh"):
        (source / lang).mkdir(parents=True)
        (source / lang / "1-padding.md").write_text(CHAPTER, encoding="utf-8")
    (source / "en" / "2-old.md").write_text(CHAPTER, encoding="utf-8")
    (source / "__init__.py").touch()
    chapters.copy_chapters(source, pages)
    (source / "en" / "2-old.md").unlink()
    before = (pages / "en" / "1-padding.md").stat().st_mtime_ns
    chapters.copy_chapters(source, pages)
    names = {path.relative_to(pages).as_posix() for path in pages.rglob("*") if path.is_file()}
    assert names == {
        f"{lang}/{name}.md" for lang in ("en", "zh") for name in ("index", "1-padding")
    }
    assert "2-old" not in (pages / "en" / "index.md").read_text(encoding="utf-8")
    assert (pages / "en" / "1-padding.md").stat().st_mtime_ns == before
    assert "显示答案" in (pages / "zh" / "1-padding.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", [chapters, docstrings])
def test_the_examples_of_the_extensions_are_right(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed
