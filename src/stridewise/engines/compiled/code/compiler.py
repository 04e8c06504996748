"""From a kernel's builder to the address of its machine code.

A builder is a function that writes one kernel into a :class:`Module`, for sizes fixed when it is
compiled: ``def build(module, rows, vectors): …``. All kernels are called alike::

    kernel(parameters, a, b, c, d, e, scratch, first, last)

``parameters`` are integers (sizes and strides of the problem), ``a`` to ``e`` the arrays, and
``first`` to ``last`` the part of the work to do: threads get parts that do not overlap.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import llvmlite
import numpy as np
from llvmlite import binding as llvm

from stridewise.engines import kernel_cache
from stridewise.engines.compiled.code.language import Module
from stridewise.engines.compiled.code.target import Target, host

__all__ = ["SIGNATURE", "Builder", "Native", "assembly", "kernel"]

Builder: TypeAlias = Callable[..., None]

SIGNATURE = (
    "parameters:int* a:real* b:real* c:real* d:real* e:real* scratch:real* first:int last:int"
)

# The handler of a signal may need a kernel while its thread compiles another.
_lock = threading.RLock()
# A fork waits for what is being compiled: in the child nobody would finish it.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
    )


class Native(NamedTuple):
    """Machine code: where it is, and as a function of integers that runs without the GIL."""

    address: int
    call: Any


@cache
def kernel(build: Builder, dtype_name: str, *sizes: int, arguments: int = 9) -> Native:
    """Compile a kernel for this machine, or take it from the cache."""
    address = _address(build, dtype_name, sizes)
    return Native(address, ctypes.CFUNCTYPE(None, *[ctypes.c_size_t] * arguments)(address))


def assembly(build: Builder, dtype_name: str, *sizes: int, target: Target) -> str:
    """The assembly of a kernel for any target."""
    module, machine = _optimised(build, dtype_name, sizes, target, "kernel")
    return str(machine.emit_assembly(module))


def _address(build: Builder, dtype_name: str, sizes: tuple[int, ...]) -> int:
    target = host()
    described = (
        _sources(),
        llvmlite.__version__,
        target,
        build.__module__ + build.__qualname__,
        dtype_name,
        sizes,
    )
    key = hashlib.sha256(repr(described).encode()).hexdigest()[:32]
    symbol = f"stridewise_{key}"
    with _lock:
        # Without sources one could not tell kernels of another version.
        code = kernel_cache.read(key) if _sources() else None
        if code is not None:
            address = _loaded(code, symbol)
            if address:
                return address
        code = _object(build, dtype_name, sizes, target, symbol)
        if _sources():
            kernel_cache.write(key, code)
        return _loaded(code, symbol)


def _object(
    build: Builder, dtype_name: str, sizes: tuple[int, ...], target: Target, symbol: str
) -> bytes:
    """The machine code; LLVM's own objects are gone when it is there, while the lock is held."""
    module, machine = _optimised(build, dtype_name, sizes, target, symbol)
    return bytes(machine.emit_object(module))


def _optimised(
    build: Builder, dtype_name: str, sizes: tuple[int, ...], target: Target, symbol: str
) -> tuple[llvm.ModuleRef, llvm.TargetMachine]:
    written = Module(target, np.dtype(dtype_name), symbol)
    build(written, *sizes)
    module = llvm.parse_assembly(str(written))
    module.verify()
    machine = target.machine()
    # The vectors are written by hand, and the inner loops are unrolled as far as they should be.
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    return module, machine


@cache
def _engine() -> llvm.ExecutionEngine:
    """Where the objects of this process live, until it ends."""
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), host().machine())


def _loaded(code: bytes, symbol: str) -> int:
    """The address of a symbol; 0 if the object does not have it."""
    engine = _engine()
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return int(engine.get_function_address(symbol))


@cache
def _sources() -> str:
    """A digest of this package: what it would compile changes with it. Empty without sources."""
    contents = [path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py"))]
    return hashlib.sha256(b"".join(contents)).hexdigest() if contents else ""
