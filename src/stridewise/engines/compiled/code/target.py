"""The processor that code is generated for: its vectors, its registers, its caches."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from llvmlite import binding as llvm

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
        return found.create_target_machine(
            cpu=self.cpu, features=self.features, opt=3, reloc="pic", codemodel="small"
        )


# What LLVM promises for a processor of this name, in the terms of the class.
_NAMED = {
    "x86-64": (16, 16, False),
    "x86-64-v2": (16, 16, False),
    "x86-64-v3": (32, 16, True),
    "x86-64-v4": (64, 32, True),
}


def named(cpu: str, triple: str | None = None, features: str = "") -> Target:
    """Describe a processor other than this one: an x86-64 level, or any AArch64 core."""
    if cpu in _NAMED:
        # AVX-512 code in 512-bit registers: LLVM prefers 256 unless told.
        wide = features or ("+prefer-no-gather" if cpu == "x86-64-v4" else "")
        return Target(triple or llvm.get_process_triple(), cpu, wide, *_NAMED[cpu])
    return Target(triple or "aarch64-unknown-linux-gnu", cpu, features, 16, 32, True)


@cache
def host() -> Target:
    """The processor of this machine, or the one that the variable STRIDEWISE_CPU names."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    asked = os.environ.get(_VARIABLE)
    triple = llvm.get_process_triple()
    if asked:
        return named(asked, triple)
    features = llvm.get_host_cpu_features()
    if features.get("avx512f") and features.get("avx512vl") and features.get("avx512dq"):
        shape = (64, 32, True)
    elif features.get("avx2") and features.get("fma"):
        shape = (32, 16, True)
    elif triple.startswith(("aarch64", "arm64")):
        shape = (16, 32, True)
    else:
        shape = (16, 16, bool(features.get("fma")))
    return Target(triple, llvm.get_host_cpu_name(), features.flatten(), *shape)
