"""Programs as learners write them, put together without a look at the catalogue.

The first line of each says what it is: ``# expect: right``, or the function and its mistakes.
"""

import ast
from pathlib import Path

import pytest

from stridewise.checker import check_file
from stridewise.checker.report import as_page
from stridewise.checker.words.english import MISTAKES

CORPUS = Path(__file__).with_name("corpus")
RIGHT = sorted((CORPUS / "right").glob("*.py"))
WRONG = sorted((CORPUS / "wrong").glob("*.py"))
UNKNOWN = "not-recognised"

# Mistakes with a name which the checker does not name: what the catalogue lacks.
KNOWN_UNNAMED = {
    "conv_back_assigns_dot_dw": "= over positions, with all samples summed in one product",
    "compact_pool_back_negative_starts": "windows that begin before the edge keep their size",
    "conv_item_of_all_biases": "with a single filter, the result is right",
    "pool_back_shifted_by_pad": "windows moved by +1, incomplete ones left out",
    "pool_back_windows_moved": "windows moved by -(f // 2), truncated",
    "pool_ceil": "sizes rounded up, with the last row and column repeated",
}


def expected_of(path: Path) -> tuple[str, set[str]]:
    """The function that is wrong, and its mistakes."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    function, _, mistakes = first.removeprefix("# expect: ").partition(": ")
    return function, set(mistakes.split(", "))


def written_in(path: Path) -> set[str]:
    """The names that a program gives a value to at its top level."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return names


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_right_programs_pass(path: Path) -> None:
    functions = check_file(path).functions
    written = written_in(path) & set(functions)
    assert written
    status = {name: functions[name].status for name in written}
    assert status == dict.fromkeys(written, "passed")
    assert not any(functions[name].blamed for name in written)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_wrong_programs_are_found_and_never_misnamed(path: Path) -> None:
    name, expected = expected_of(path)
    result = check_file(path)
    functions = result.functions
    assert name in as_page([result], explorer="explorer")
    others = {each.status for other, each in functions.items() if other != name}
    assert others <= {"passed", "missing"}, "only one function is wrong"
    found = functions[name]
    assert found.status in ("failed", "error")
    mistakes = {each.id for each in found.mistakes} or {UNKNOWN}
    assert mistakes - {UNKNOWN} <= expected
    if path.stem in KNOWN_UNNAMED:
        assert mistakes != expected, "named by now: take it off the list"
    else:
        assert mistakes == expected


def test_the_corpus_has_every_mistake() -> None:
    expected = [expected_of(path)[1] for path in WRONG]
    assert set().union(*expected) - {UNKNOWN} >= set(MISTAKES) - {UNKNOWN}
    assert sum(len(each) == 2 for each in expected) >= 10
    assert sum(each == {UNKNOWN} for each in expected) >= 10


def test_the_list_of_known_gaps_names_programs_that_exist() -> None:
    stems = {path.stem for path in WRONG}
    assert stems >= KNOWN_UNNAMED.keys()
