"""Differential fuzzing: random problems, the engines against each other and against judges.

`make test` runs 500 problems in all; `make fuzz` many more, with ``--hypothesis-profile=fuzz``.
The judges are plain loops, SciPy and ONNX Runtime; gradients are held against the forward.
"""

import pytest
from fuzz.operations import OPERATIONS
from hypothesis import given, settings

FUZZING = settings.get_current_profile_name() == "fuzz"
# Of each operation: together 500, or what the profile says.
CASES = settings.default.max_examples if FUZZING else 500 // len(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_fuzz(operation, record_property):
    problems, check = OPERATIONS[operation]
    ran = 0

    @settings(max_examples=CASES)
    @given(problems)
    def run(problem):
        nonlocal ran
        check(problem)
        ran += 1

    run()
    assert ran >= CASES
    record_property("fuzz cases", ran)
    record_property("conformance", f"fuzz {operation}: {ran} cases")


def test_as_many_cases_as_promised():
    assert len(OPERATIONS) * CASES >= (20_000 if FUZZING else 500)
