"""What every test may use: an engine, seeded random numbers, Hypothesis's profile."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from stridewise.engines import engine_info, use_engine

sys.path.append(str(Path(__file__).parent))  # for the folder `fuzz`

# The engine is the same for all examples of a test, so a fixture per function is right.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
settings.register_profile("local", **_COMMON)
settings.register_profile("ci", derandomize=True, **_COMMON)
# For `make fuzz`: as many problems of every operation of tests/test_fuzz.py.
settings.register_profile("fuzz", max_examples=3_000, **_COMMON)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(params=engine_info().available)
def engine(request):
    """Run the test on each engine there is; a new one is picked up by itself."""
    with use_engine(request.param):
        yield request.param


@pytest.fixture
def rng():
    return np.random.default_rng(20240607)


def _refuse_skips(report):
    """In CI nothing is skipped in silence: a missing dependency is a failure there."""
    if os.environ.get("CI") and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure when CI is set: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _refuse_skips((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _refuse_skips((yield))


def pytest_terminal_summary(terminalreporter):
    """Print what tests recorded as ``record_property("conformance", …)``: counts of suites.

    And how many fuzzed problems really ran, in all workers together.
    """
    passed = terminalreporter.stats.get("passed", [])
    properties = [pair for report in passed for pair in report.user_properties]
    for line in sorted({value for name, value in properties if name == "conformance"}):
        terminalreporter.write_line(line)
    fuzzed = [value for name, value in properties if name == "fuzz cases"]
    if fuzzed:
        terminalreporter.write_line(f"fuzzed problems: {sum(fuzzed)} cases")
