"""docs/reference has every public name."""

import importlib
import re
import sys
from inspect import isclass, isfunction
from pathlib import Path

import pytest

import stridewise as sw

PAGES = [
    path.read_text(encoding="utf-8")
    for path in (Path(__file__).parents[2] / "docs" / "reference").glob("*.md")
]
MODULES = [
    "stridewise",
    "stridewise.notebook.compact",
    *(f"stridewise.{name}" for name in dir(sw) if name not in sw.__all__ and name != "exchange"),
    "stridewise.checker",
    "stridewise.exchange.onnx",
]
for _module in MODULES:
    importlib.import_module(_module)


def documented_by_themselves(module):
    """What has a docstring: not a table, and no other name of a type."""
    public = {name: getattr(sys.modules[module], name) for name in sys.modules[module].__all__}
    return {name for name, value in public.items() if isclass(value) or isfunction(value)}


def described():
    """Every name that some page describes, by itself or with its whole module."""
    names = set()
    for page in PAGES:
        for module in re.findall(r"automodule:: ([\w.]+)\n +:members:\n", page):
            names |= {f"{module}.{name}" for name in documented_by_themselves(module)}
        for module, listed in re.findall(r"currentmodule:: ([\w.]+)\n(.*?)```", page, re.DOTALL):
            names |= {
                f"{module}.{name}" for name in re.findall(r"(?:auto\w+|py:data):: (\w+)", listed)
            }
    return names


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_described(module):
    public = {f"{module}.{name}" for name in sys.modules[module].__all__}
    assert public <= described() | {"stridewise.StridewiseError"}


def test_the_error_that_stands_in_front_is_described_where_it_is_from():
    assert sw.StridewiseError is sys.modules["stridewise.errors"].StridewiseError
    assert "stridewise.errors.StridewiseError" in described()


def test_no_page_is_left_out_of_the_reference():
    folder = Path(__file__).parents[2] / "docs" / "reference"
    listed = re.findall(r"^(\w+)$", (folder / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(
        path.stem for path in folder.glob("*.md") if path.stem != "index"
    )
