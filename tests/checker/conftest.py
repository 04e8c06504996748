"""The ways to confine a program that work on this machine."""

import pytest

from stridewise.checker.sandbox import Limits, process
from tests.explorer.conftest import browser
from tests.explorer.test_page_access import axe

__all__ = ["axe", "browser", "way"]  # the page of a report is looked at as the explorer's is


def _works(way):
    try:
        process.Process(way, Limits()).close()
    except (OSError, process.EndedError):
        return False
    return True


WORKING = [way for way in process.WAYS if _works(way)]


@pytest.fixture(params=WORKING)
def way(request, monkeypatch):
    """Confine programs in this way, and in no other."""
    monkeypatch.setattr(process, "WAYS", (request.param,))
    return request.param
