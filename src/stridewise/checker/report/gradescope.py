"""The results as Gradescope's ``results.json``: a test with one point a function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stridewise.checker.findings import findings, problem_of
from stridewise.checker.labels import label
from stridewise.checker.plain import line
from stridewise.checker.report.document import to_json
from stridewise.checker.results import FileResult, FunctionResult

__all__ = ["as_gradescope"]


def as_gradescope(results: Sequence[FileResult], lang: str = "en", hints: int = 1) -> str:
    """Give what an autograder leaves in ``/autograder/results/results.json``.

    References
    ----------
    Gradescope, "Autograder Specifications", section "Output format".
    """
    tests: list[dict[str, Any]] = []
    summaries = []
    for result in results:
        file = line(result.file)
        problem = problem_of(result, lang)
        if problem is not None:
            text = f"{label('problem', lang)}: {problem}"
            tests.append(_test(file, False, text, []))
            summaries.append(f"{file}: {label('problem', lang)}")
            continue
        total, passed = len(result.functions), result.summary["passed"]
        summaries.append(f"{file}: {label('of', lang, passed=passed, total=total)}")
        for name, each in result.functions.items():
            shown = line(name) if len(results) == 1 else f"{file}: {line(name)}"
            tests.append(_function(shown, each, lang, hints))
    # Said to be text: otherwise a learner's own words could be taken for HTML.
    return to_json(
        {
            "output": "\n".join(summaries),
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "tests": tests,
        }
    )


def _function(name: str, result: FunctionResult, lang: str, hints: int) -> dict[str, Any]:
    text = "\n".join(str(finding) for finding in findings(result, lang, hints))
    ids = [mistake.id for mistake in result.mistakes]
    return _test(name, result.status == "passed", text or label(result.status, lang), ids)


def _test(name: str, passed: bool, output: str, tags: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "score": float(passed),
        "max_score": 1.0,
        "status": "passed" if passed else "failed",
        "output": output,
        "tags": tags,
        "visibility": "visible",
    }
