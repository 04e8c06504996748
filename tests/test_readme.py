"""The README does what it says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_python_blocks_run_one_after_the_other(capsys):
    names: dict[str, object] = {}
    for block in BLOCKS:
        exec(compile(block, "README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "(2, 9, 7, 3) (3, 3, 3, 8) (8,)" in printed
    assert "receptive field" in printed
    (accuracy,) = re.findall(r"^[01]\.\d+$", printed, re.MULTILINE)
    assert float(accuracy) > 0.8
    assert "maxpool" in printed.lower()
    assert printed.splitlines()[-1] == "(1, 240, 320, 3)"
    assert names["y"].shape == (2, 5, 4, 8)
    assert names["dW"].shape == names["W"].shape


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE)))
)
def test_its_make_targets_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_its_links_lead_to_files(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("options", re.findall(r"^stridewise train (.*)$", README, re.MULTILINE))
def test_its_options_exist(options):
    source = (ROOT / "src/stridewise/cli/train.py").read_text()
    for option in re.findall(r"--([a-z-]+)", options):
        assert re.search(rf"^    {option.replace('-', '_')}: Annotated", source, re.MULTILINE)


def test_its_table_of_extras_is_that_of_the_package():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    assert named == set(project["optional-dependencies"])
