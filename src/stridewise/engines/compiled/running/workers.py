"""The code that worker threads run: wait for a job, do it, wait again.

A worker is a thread of Python's that calls ``serve``, without the GIL. Its *slot* is one integer
in memory: IDLE, ASLEEP (it has gone back to Python, to wait on a lock there), BUSY, or the
address of a job that nobody has begun. ``distribute`` puts jobs into slots, does the first job
itself, then takes back what no worker has begun: it never waits for a thread that does not run.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value

__all__ = ["ASLEEP", "IDLE", "JOB_FIELDS", "SLOT_STRIDE", "build_distribute", "build_serve"]

IDLE, ASLEEP, BUSY = 0, 1, 2

# A job: the address of a kernel, and its nine arguments.
JOB_FIELDS = 10
# A cache line for each slot, so that workers do not disturb one another.
SLOT_STRIDE = 16

_INT = ir.IntType(64)
# Of some ten nanoseconds each.
_PAUSES = 32
_RARELY = 64


def build_serve(module: Module) -> None:
    """``serve(slot, patience)``: do what comes, until nothing came for a while."""
    with module.function(module.symbol, "slot:int* patience:int") as (k, slot, patience):
        left = k.variable(patience)
        with k.repeat_while() as going_on:
            going_on(left.get() > 0)
            job = _read(slot)
            with k.either(job > BUSY) as (then, otherwise):
                with then, k.when(_exchange_if(slot, job, BUSY)):
                    _do(k, job)
                    _write(slot, IDLE)
                    left.set(patience)
                with otherwise:
                    with k.when(job == ASLEEP):  # only just woken
                        _exchange_if(slot, ASLEEP, IDLE)
                    _pause(k)
                    left.set(left.get() - 1)
                    # Not at once: a rival's threads that only wait, too, would keep the core.
                    with k.when(left.get() % _RARELY == 0):
                        _give_way(k)
            with k.when(left.get() == 0):
                asleep = (_exchange_if(slot, IDLE, ASLEEP)) | (_read(slot) == ASLEEP)
                with k.when(asleep == 0):  # a job came in the last moment
                    left.set(patience)


def build_distribute(module: Module) -> None:
    """``distribute(slots, jobs, count)``: have ``count`` jobs done, the first one here."""
    with module.function(module.symbol, "slots:int* jobs:int* count:int") as (k, slots, jobs, n):
        stride = SLOT_STRIDE
        with k.loop(1, n) as worker:
            job = _address(jobs + worker * stride)
            was = _exchange(slots + worker * stride, job)
            (jobs + worker * stride + JOB_FIELDS).store(was)
        _do(k, _address(jobs))
        with k.loop(1, n) as worker:
            slot, job = slots + worker * stride, jobs + worker * stride
            with k.either(_exchange_if(slot, _address(job), job[JOB_FIELDS])) as (then, otherwise):
                with then:
                    _do(k, _address(job))
                with otherwise, k.repeat_while() as going_on:
                    going_on(_read(slot) == BUSY)
                    _pause(k)


def _do(k: Kernel, job: Value) -> None:
    """Call the kernel of a job with its arguments."""
    fields = Pointer(k, k.builder.inttoptr(job.ir, ir.PointerType()), _INT)
    arguments = [fields[number].ir for number in range(JOB_FIELDS)]
    kind = ir.FunctionType(ir.VoidType(), [_INT] * (JOB_FIELDS - 1))
    pointer = k.builder.inttoptr(arguments[0], ir.PointerType())
    k.builder.call(_FunctionAt(pointer, kind), arguments[1:])


class _FunctionAt:
    """A pointer to a function, as llvmlite wants to see one that it calls."""

    def __init__(self, pointer: Any, kind: Any) -> None:
        self.function_type = kind
        self.type = pointer.type
        self.get_reference = pointer.get_reference


def _address(pointer: Pointer) -> Value:
    return Value(pointer.k, pointer.k.builder.ptrtoint(pointer.ir, _INT))


def _pause(k: Kernel) -> None:
    """Tell the processor that this thread only waits, for about a microsecond."""
    if k.module.target.triple.startswith(("x86_64", "i686")):
        with k.loop(0, _PAUSES):
            k.builder.call(k.module.intrinsic("llvm.x86.sse2.pause", ir.VoidType(), []), [])


def _give_way(k: Kernel) -> None:
    """Let another thread have the core, if one wants it."""
    if "windows" not in k.module.target.triple:
        k.builder.call(k.module.intrinsic("sched_yield", ir.IntType(32), []), [])


def _read(slot: Pointer) -> Value:
    return Value(slot.k, slot.k.builder.load_atomic(slot.ir, "acquire", 8, typ=_INT))


def _write(slot: Pointer, number: int) -> None:
    _exchange(slot, slot.k.integer(number))


def _exchange(slot: Pointer, value: Value) -> Value:
    """Put a value there, and give what was there."""
    return Value(slot.k, slot.k.builder.atomic_rmw("xchg", slot.ir, value.ir, "acq_rel"))


def _exchange_if(slot: Pointer, old: Value | int, new: Value | int) -> Any:
    """Put a value there if another one is there; whether it was."""
    k = slot.k
    pair = k.builder.cmpxchg(slot.ir, k.integer(old).ir, k.integer(new).ir, "acq_rel", "acquire")
    return Value(k, k.builder.extract_value(pair, 1))
