"""What the examples in docstrings may take for granted."""

from typing import Any

import numpy as np
import pytest

import stridewise


@pytest.fixture(autouse=True)
def _names_in_examples(doctest_namespace: dict[str, Any]) -> None:
    doctest_namespace.update(np=np, sw=stridewise)
