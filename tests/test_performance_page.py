"""docs/performance.md shows pictures that its script draws, and names files that are there."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGE = (DOCS / "performance.md").read_text(encoding="utf-8")
ENGINE = ROOT / "src" / "stridewise" / "engines" / "compiled"


@pytest.fixture(scope="module")
def script():
    pytest.importorskip("matplotlib")
    return runpy.run_path(str(DOCS / "performance_figures.py"))


def test_the_script_draws_the_pictures_of_the_page(script, tmp_path):
    drawn = {path.name for path in script["draw"](tmp_path)}
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", PAGE)
    assert set(shown) == drawn
    assert len(shown) == len(drawn)
    for name in drawn:
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
        assert (DOCS / name).is_file()


def test_every_file_that_is_named_is_there():
    named = set(re.findall(r"`(\w+\.py)`", PAGE))
    assert {"tile.py", "planner.py", "threads.py"} <= named
    assert named <= {path.name for path in ENGINE.parent.rglob("*.py")}


def test_every_folder_that_is_named_is_there():
    named = set(re.findall(r"`(\w+)/`", PAGE))
    assert named
    assert named <= {path.name for path in ENGINE.rglob("*") if path.is_dir()}


def test_every_module_that_is_run_is_there():
    for module in re.findall(r"python -m (benchmarks\.\w+)", PAGE):
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file()


def test_every_variable_of_the_environment_is_read_by_the_engines():
    sources = "".join(p.read_text(encoding="utf-8") for p in ENGINE.parent.rglob("*.py"))
    for variable in set(re.findall(r"`(STRIDEWISE_\w+)`", PAGE)):
        assert f'"{variable}"' in sources


def test_every_link_within_the_page_meets_a_heading():
    headings = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) == headings


def test_the_excerpt_is_the_code_of_the_tile():
    excerpt = PAGE.split("```python\ndef step")[1].split("```")[0]
    (tile,) = ENGINE.rglob("tile.py")
    code = " ".join(tile.read_text(encoding="utf-8").split())
    assert " ".join(("def step" + excerpt).split()) in code
