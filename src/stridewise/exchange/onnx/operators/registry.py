"""The operators that are understood: from a name to the function that translates it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode

__all__ = ["TRANSLATORS", "Translator", "translates"]

Translator: TypeAlias = Callable[[OnnxNode, Builder], None]
TRANSLATORS: dict[str, Translator] = {}


def translates(*operators: str) -> Callable[[Translator], Translator]:
    """Enter a translator under the names of its operators."""

    def enter(translator: Translator) -> Translator:
        TRANSLATORS.update(dict.fromkeys(operators, translator))
        return translator

    return enter
