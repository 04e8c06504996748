"""docs/mistakes.md says what the checker knows now."""

from docs.mistakes import PAGE, functions_with, render
from stridewise.checker.exercises import EXERCISES


def test_the_page_is_what_its_script_writes():
    assert PAGE.read_text(encoding="utf-8") == render()


def test_every_mistake_of_every_function_has_its_row():
    rows = {line.split(" | ")[0]: line for line in render().splitlines()}
    for exercise in EXERCISES.values():
        for name, parts in exercise.functions.items():
            for part in parts:
                for mistake in part.recipe.mistakes:
                    assert f"`{name}`" in rows[f"| `{mistake.id}`"]
                for choice in part.recipe.conventions:
                    assert f"| `{choice.id}`" in rows


def test_a_mistake_that_is_in_several_functions_names_them():
    assert functions_with("mode-ignored") == "`pool_forward`<br>`pool_backward`<br>`forward`"
