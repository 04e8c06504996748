"""The processor that code is generated for: its vectors, its registers, its caches."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from llvmlite import binding as llvm

from stridewise.errors import EngineError, explain

__all__ = ["Target", "host", "named"]

_VARIABLE = "STRIDEWISE_CPU"


@dataclass(frozen=True)
class Target:
    """What kernels need to know of a processor.

    Attributes
    ----------
    triple, cpu, features : str
        As LLVM names them; ``features`` is the comma-separated list of ``+…`` and ``-…``.
    vector_bytes : int
        Width of a vector register.
    vector_registers : int
        How many there are: a register tile must fit.
    has_fma : bool
        Whether one instruction multiplies and adds.
    """

    triple: str
    cpu: str
    features: str
    vector_bytes: int
    vector_registers: int
    has_fma: bool

    def machine(self) -> llvm.TargetMachine:
        """LLVM's code generator for it."""
        found = llvm.Target.from_triple(self.triple)
        # Nothing keeps an object's code and its constants within the 2 GiB that x86-64's short
        # addresses span: the sections are put wherever a large process has room.
        far = self.triple.startswith("x86_64")
        return found.create_target_machine(
            cpu=self.cpu,
            features=self.features,
            opt=3,
            reloc="static" if far else "pic",
            codemodel="large" if far else "small",
        )


# Bytes of a vector, vector registers, and whether there is a multiply-add: what LLVM promises for
# a processor of this name.
_LEVELS = {
    "x86-64": (16, 16, False),
    "x86-64-v2": (16, 16, False),
    "x86-64-v3": (32, 16, True),
    "x86-64-v4": (64, 32, True),
}
_NEON = (16, 32, True)


def named(cpu: str, triple: str | None = None, features: str = "") -> Target:
    """Describe a processor by its name: an x86-64 level, or any core of another family.

    Raises
    ------
    EngineError
        If it is an x86 processor by a name that does not say which vectors it has.
    """
    triple = triple or llvm.get_process_triple()
    if cpu in _LEVELS:
        return Target(triple, cpu, features, *_LEVELS[cpu])
    if triple.startswith(("x86_64", "i686", "i386")):
        raise EngineError(
            explain(
                _VARIABLE,
                "this is no level of x86-64.",
                needed=" | ".join(_LEVELS),
                received=repr(cpu),
                hint="x86-64-v3, for AVX2",
            )
        )
    return Target(triple, cpu, features, *_NEON)


@cache
def host() -> Target:
    """The processor of this machine, or the one that the variable STRIDEWISE_CPU names."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    triple = llvm.get_process_triple()
    asked = os.environ.get(_VARIABLE)
    if asked:
        return named(asked, triple)
    features = llvm.get_host_cpu_features()
    if triple.startswith(("aarch64", "arm64")):
        shape = _NEON
    elif all(features.get(name) for name in ("avx512f", "avx512vl", "avx512dq")):
        shape = _LEVELS["x86-64-v4"]
    elif features.get("avx2") and features.get("fma"):
        shape = _LEVELS["x86-64-v3"]
    else:
        shape = (16, 16, bool(features.get("fma")))
    return Target(triple, llvm.get_host_cpu_name(), features.flatten(), *shape)
