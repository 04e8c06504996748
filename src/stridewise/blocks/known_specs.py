"""Specs of earlier calls: a course-sized operation takes less time than its validation."""

from __future__ import annotations

from typing import Generic, TypeAlias, TypeVar

from stridewise.specs import WindowSpec

__all__ = ["Key", "KnownSpecs"]

Spec = TypeVar("Spec", bound=WindowSpec)
Key: TypeAlias = tuple[object, ...] | None

_MOST = 1024


class KnownSpecs(Generic[Spec]):
    """A memory of specs that were validated; ``None`` is the key of what is not to be kept.

    >>> from stridewise.specs import ConvSpec
    >>> known: KnownSpecs[ConvSpec] = KnownSpecs()
    >>> spec = known.keep((5, 3), ConvSpec.of("demo", (5,), 3))
    >>> known.find((5, 3)) is spec, known.find(None)
    (True, None)
    """

    def __init__(self) -> None:
        self._specs: dict[Key, Spec] = {}
        self.find = self._specs.get

    def keep(self, key: Key, spec: Spec) -> Spec:
        """Keep a spec and give it back; when there are very many, the others are forgotten."""
        if key is not None:
            if len(self._specs) >= _MOST:
                self._specs.clear()
            self._specs[key] = spec
        return spec
