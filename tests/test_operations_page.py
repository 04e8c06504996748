"""docs/operations.md says what the code does now."""

import runpy
from pathlib import Path

import stridewise as sw
from stridewise import layers

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_what_its_script_writes():
    written = (DOCS / "operations.md").read_text(encoding="utf-8")
    assert written == runpy.run_path(str(DOCS / "operations.py"))["render"]()
    assert "✗" not in written


def test_layers_with_a_name_of_their_own_are_there():
    named = runpy.run_path(str(DOCS / "operations.py"))["LAYERS"].values()
    assert {name.partition("(")[0] for name in named} <= set(layers.__all__)


def test_no_operation_is_left_out():
    entries = runpy.run_path(str(DOCS / "operations.py"))["ENTRIES"]
    listed = {entry.name for entry in entries}
    named = {name.removesuffix("_backward") for name in sw.__all__ if name.endswith("_backward")}
    bare = {name[:-2] if name[-2:] in ("1d", "2d", "3d") else name for name in named}
    assert bare == listed
