"""What a program may import that is not there: packages that draw, show or read, and do nothing.

A course's notebook begins with ``import matplotlib.pyplot as plt``; that this has nothing to draw
on must not cost a learner their functions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__all__ = ["NOTHING", "offer"]

_PACKAGES = frozenset(
    ["IPython", "PIL", "h5py", "imageio", "ipywidgets", "matplotlib", "seaborn", "tqdm"]
)
# What a course lays beside its notebook; our own course's draws with Stridewise, whose functions
# are the solutions and must not be had here.
_COURSE = frozenset(["public_tests", "stridewise", "test_utils"])


class _Nothing:
    """Whatever is done with it, nothing happens."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __getitem__(self, _: Any) -> Any:
        return self

    def __setitem__(self, _: Any, __: Any) -> None:
        pass

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter((self, self))  # figure, axes = plt.subplots()


NOTHING: Any = _Nothing()


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        return getattr(NOTHING, name)


class _StandIns(MetaPathFinder, Loader):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in _PACKAGES | _COURSE:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def offer() -> None:
    """Let imports find them, after everything that is really there."""
    sys.meta_path.append(_StandIns())
