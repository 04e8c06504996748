"""The benchmarks run, and the vectorised engine is worth its name."""

import sys
from pathlib import Path

import pytest


@pytest.fixture
def against_loops(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[1])
    monkeypatch.delitem(sys.modules, "benchmarks", raising=False)
    from benchmarks import against_loops

    return against_loops


def test_numpy_beats_loops_by_far(against_loops):
    cases = against_loops.cases()
    name = next(iter(cases))
    # Hundreds of times on a quiet machine; the bound is for a busy one.
    assert against_loops.measure(name, *cases[name]).ratio > 20


def test_every_case_runs(against_loops):
    for outputs, call in against_loops.cases().values():
        assert outputs > 0
        assert call() is not None
