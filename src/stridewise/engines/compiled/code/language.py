"""A small language for kernels: Python that writes LLVM IR.

A kernel is built by running ordinary Python. Numbers of the generated code are :class:`Value`,
with the usual operators; loops and conditions are ``with`` blocks; what Python itself computes
(sizes of register tiles, a ``for`` over them) is fixed when the code is generated:

>>> from stridewise.engines.compiled.code.target import host
>>> module = Module(host(), np.dtype("float32"))
>>> with module.function("scale", "x:real* factor:real count:int") as (k, x, factor, count):
...     with k.loop(0, count) as i:
...         (x + i).store(x[i] * factor)
>>> "fmul float" in str(module)
True

Integers are 64 bits wide and signed. Variables (``k.variable``) live on the stack until LLVM's
mem2reg pass puts them into registers; nothing here needs to know of phi nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir

from stridewise.engines.compiled.code.target import Target

__all__ = ["Kernel", "Module", "Pointer", "Value", "Variable"]

Number: TypeAlias = "Value | int | float"

_INT = ir.IntType(64)
_BIT = ir.IntType(1)
_REALS = {"float32": ir.FloatType(), "float64": ir.DoubleType()}
_INTRINSIC_NAMES = {"float": "f32", "double": "f64"}


class Module:
    """Functions that are compiled together, for one target and one real type."""

    def __init__(self, target: Target, dtype: np.dtype[Any], symbol: str = "kernel") -> None:
        self.target = target
        self.dtype = dtype
        self.symbol = symbol
        self.real = _REALS[dtype.name]
        self.lanes = target.vector_bytes // dtype.itemsize
        self.ir = ir.Module(name="stridewise")
        self.ir.triple = target.triple

    def __str__(self) -> str:
        return str(self.ir)

    def type(self, name: str) -> Any:
        """``int``, ``real``, or a pointer to either."""
        return ir.PointerType() if name.endswith("*") else {"int": _INT, "real": self.real}[name]

    @contextmanager
    def function(self, name: str, signature: str, internal: bool = False) -> Iterator[list[Any]]:
        """Begin a function; gives its :class:`Kernel` and its arguments.

        The signature reads ``"x:real* count:int"``. An internal function is called by others
        of the module only, and never inlined: a register tile wants all registers for itself.
        """
        parts = [part.split(":") for part in signature.split()]
        kinds = ir.FunctionType(ir.VoidType(), [self.type(kind) for _, kind in parts])
        function = ir.Function(self.ir, kinds, name)
        function.attributes.add("nounwind")
        if internal:
            function.linkage = "internal"
            function.attributes.add("noinline")
        k = Kernel(self, function)
        arguments: list[Any] = []
        for argument, (label, kind) in zip(function.args, parts, strict=True):
            argument.name = label
            if kind.endswith("*"):
                arguments.append(Pointer(k, argument, self.type(kind[:-1])))
            else:
                arguments.append(Value(k, argument))
        yield [k, *arguments]
        k.builder.ret_void()

    def intrinsic(self, name: str, result: Any, arguments: Sequence[Any]) -> Any:
        """A function that LLVM itself knows."""
        found = self.ir.globals.get(name)
        return found or ir.Function(self.ir, ir.FunctionType(result, arguments), name)


class Value:
    """A number, a truth value, or a vector of them, in the generated code."""

    __hash__ = None  # type: ignore[assignment] # == builds code

    def __init__(self, kernel: Kernel, value: Any) -> None:
        self.k = kernel
        self.ir = value

    @property
    def is_int(self) -> bool:
        """Whether it counts; else it measures."""
        kind = self.ir.type
        return isinstance(getattr(kind, "element", kind), ir.IntType)

    def _binary(self, other: Number, int_name: str, real_name: str, swap: bool = False) -> Value:
        a, b = self.ir, self.k.like(self, other)
        if swap:
            a, b = b, a
        return Value(self.k, getattr(self.k.builder, int_name if self.is_int else real_name)(a, b))

    def __add__(self, other: Number) -> Value:
        return self._binary(other, "add", "fadd")

    def __radd__(self, other: Number) -> Value:
        return self._binary(other, "add", "fadd", swap=True)

    def __sub__(self, other: Number) -> Value:
        return self._binary(other, "sub", "fsub")

    def __rsub__(self, other: Number) -> Value:
        return self._binary(other, "sub", "fsub", swap=True)

    def __mul__(self, other: Number) -> Value:
        return self._binary(other, "mul", "fmul")

    def __rmul__(self, other: Number) -> Value:
        return self._binary(other, "mul", "fmul", swap=True)

    def __truediv__(self, other: Number) -> Value:
        return self._binary(other, "sdiv", "fdiv")

    def __floordiv__(self, other: Number) -> Value:
        """Quotient of integers that are not negative."""
        return self._binary(other, "udiv", "fdiv")

    def __mod__(self, other: Number) -> Value:
        """Rest of integers that are not negative."""
        return self._binary(other, "urem", "frem")

    def __and__(self, other: Number) -> Value:
        return self._binary(other, "and_", "and_")

    def __or__(self, other: Number) -> Value:
        return self._binary(other, "or_", "or_")

    def _compared(self, sign: str, other: Number) -> Value:
        builder, b = self.k.builder, self.k.like(self, other)
        compare = builder.icmp_signed if self.is_int else builder.fcmp_ordered
        return Value(self.k, compare(sign, self.ir, b))

    def __lt__(self, other: Number) -> Value:
        return self._compared("<", other)

    def __le__(self, other: Number) -> Value:
        return self._compared("<=", other)

    def __gt__(self, other: Number) -> Value:
        return self._compared(">", other)

    def __ge__(self, other: Number) -> Value:
        return self._compared(">=", other)

    def __eq__(self, other: Number) -> Value:  # type: ignore[override]
        return self._compared("==", other)

    def __ne__(self, other: Number) -> Value:  # type: ignore[override]
        return self._compared("!=", other)


class Pointer(Value):
    """Where elements of one type begin; ``p + n`` is n elements further, ``p[n]`` reads one."""

    def __init__(self, kernel: Kernel, value: Any, element: Any) -> None:
        super().__init__(kernel, value)
        self.element = element

    def __add__(self, other: Number) -> Pointer:
        offset = other.ir if isinstance(other, Value) else ir.Constant(_INT, other)
        moved = self.k.builder.gep(self.ir, [offset], source_etype=self.element)
        return Pointer(self.k, moved, self.element)

    def __getitem__(self, index: Number) -> Value:
        return (self + index).load()

    def as_ints(self) -> Pointer:
        """The same place, seen as integers."""
        return Pointer(self.k, self.ir, _INT)

    def seen_as(self, element: Any) -> Pointer:
        """The same address, where elements of another type are."""
        return Pointer(self.k, self.ir, element)

    def load(self, lanes: int = 0, mask: Value | None = None) -> Value:
        """One element, or a vector of neighbours; those that the mask leaves out are 0."""
        k = self.k
        kind = ir.VectorType(self.element, lanes) if lanes else self.element
        if mask is None:
            return Value(k, k.builder.load(self.ir, typ=kind, align=k.alignment(self.element)))
        name = f"llvm.masked.load.v{lanes}{k.type_name(self.element)}.p0"
        kinds = [ir.PointerType(), ir.IntType(32), ir.VectorType(_BIT, lanes), kind]
        function = k.module.intrinsic(name, kind, kinds)
        align = ir.Constant(ir.IntType(32), k.alignment(self.element))
        arguments = [self.ir, align, mask.ir, ir.Constant(kind, None)]
        return Value(k, k.builder.call(function, arguments))

    def store(self, value: Value, mask: Value | None = None) -> None:
        """Write an element or a vector of neighbours; not those that the mask leaves out."""
        k = self.k
        if mask is None:
            k.builder.store(value.ir, self.ir, align=k.alignment(self.element))
            return
        kind = value.ir.type
        name = f"llvm.masked.store.v{kind.count}{k.type_name(self.element)}.p0"
        kinds = [kind, ir.PointerType(), ir.IntType(32), ir.VectorType(_BIT, kind.count)]
        function = k.module.intrinsic(name, ir.VoidType(), kinds)
        align = ir.Constant(ir.IntType(32), k.alignment(self.element))
        k.builder.call(function, [value.ir, self.ir, align, mask.ir])

    def stream(self, value: Value) -> None:
        """Write a vector past the caches; the address must be a multiple of its size."""
        k = self.k
        size = value.ir.type.count * k.module.dtype.itemsize
        one = k.module.ir.add_metadata([ir.Constant(ir.IntType(32), 1)])
        k.builder.store(value.ir, self.ir, align=size).set_metadata("nontemporal", one)

    def prefetch(self, to_write: bool = False) -> None:
        """Have the cache line brought near, maybe ``to_write``; the address may be anywhere."""
        kinds = [ir.PointerType(), *[ir.IntType(32)] * 3]
        function = self.k.module.intrinsic("llvm.prefetch.p0", ir.VoidType(), kinds)
        # To read or to write, as near as there is, data and not code.
        numbers = [ir.Constant(ir.IntType(32), number) for number in (int(to_write), 3, 1)]
        self.k.builder.call(function, [self.ir, *numbers])


class Variable:
    """A number of the generated code that changes."""

    def __init__(self, kernel: Kernel, initial: Value) -> None:
        self._k = kernel
        self._initial = initial
        with kernel.builder.goto_entry_block():
            self._slot = kernel.builder.alloca(initial.ir.type)
        self.set(initial)

    def get(self) -> Any:
        """Its number now."""
        value = self._k.builder.load(self._slot, typ=self._initial.ir.type)
        if isinstance(self._initial, Pointer):
            return Pointer(self._k, value, self._initial.element)
        return Value(self._k, value)

    def set(self, value: Number) -> None:
        """Give it another one."""
        self._k.builder.store(self._k.like(self._initial, value), self._slot)


class Kernel:
    """A function under construction: where the next instruction goes."""

    def __init__(self, module: Module, function: Any) -> None:
        self.module = module
        self.function = function
        self.lanes = module.lanes
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))

    def like(self, model: Value, number: Number) -> Any:
        """``number`` as a constant of the type of ``model``, unless it is a value already."""
        if isinstance(number, Value):
            return number.ir
        kind = model.ir.type
        if isinstance(kind, ir.VectorType):
            return ir.Constant(kind, [number] * kind.count)
        return ir.Constant(kind, number)

    def integer(self, number: Number) -> Value:
        """An integer constant."""
        return number if isinstance(number, Value) else Value(self, ir.Constant(_INT, number))

    def real(self, number: float) -> Value:
        """A real constant."""
        return Value(self, ir.Constant(self.module.real, number))

    def reals(self, number: float, lanes: int) -> Value:
        """A vector of equal constants."""
        kind = ir.VectorType(self.module.real, lanes)
        return Value(self, ir.Constant(kind, [number] * lanes))

    def named(self, parameters: Pointer, names: Sequence[str]) -> Any:
        """Read integers that follow one another in memory; they become attributes."""
        return SimpleNamespace(**{name: parameters[at] for at, name in enumerate(names)})

    def variable(self, initial: Number) -> Variable:
        """Begin a variable with a number."""
        return Variable(self, self.integer(initial) if not isinstance(initial, Value) else initial)

    @contextmanager
    def loop(self, start: Number, stop: Number, step: Number = 1) -> Iterator[Value]:
        """``for i in range(start, stop, step)``, with a step above 0."""
        b = self.builder
        first, last, move = (self.integer(number).ir for number in (start, stop, step))
        before = b.block
        head, body, end = (b.append_basic_block(name) for name in ("loop", "body", "end"))
        b.branch(head)
        b.position_at_end(head)
        index = b.phi(_INT)
        index.add_incoming(first, before)
        b.cbranch(b.icmp_signed("<", index, last), body, end)
        b.position_at_end(body)
        yield Value(self, index)
        index.add_incoming(b.add(index, move), b.block)
        b.branch(head)
        b.position_at_end(end)

    @contextmanager
    def repeat_while(self) -> Iterator[Any]:
        """Repeat the block; what it is given is called with a condition, and leaves if false."""
        b = self.builder
        body, end = b.append_basic_block("while"), b.append_basic_block("end")
        b.branch(body)
        b.position_at_end(body)

        def going_on(condition: Value) -> None:
            more = b.append_basic_block("more")
            b.cbranch(condition.ir, more, end)
            b.position_at_end(more)

        yield going_on
        b.branch(body)
        b.position_at_end(end)

    @contextmanager
    def when(self, condition: Value) -> Iterator[None]:
        """``if``."""
        with self.builder.if_then(condition.ir):
            yield

    def either(self, condition: Value) -> Any:
        """``if … else``: two contexts, ``with k.either(c) as (then, otherwise)``."""
        return self.builder.if_else(condition.ir)

    def call(self, function: Any, *arguments: Number) -> None:
        """Call a function of this module."""
        kinds = function.args
        values = [
            a.ir if isinstance(a, Value) else ir.Constant(kind.type, a)
            for a, kind in zip(arguments, kinds, strict=True)
        ]
        self.builder.call(function, values)

    def select(self, condition: Value, a: Number, b: Number) -> Value:
        """``a if condition else b``; by lane, for vectors."""
        model = a if isinstance(a, Value) else b
        if not isinstance(model, Value):
            model = a = self.integer(a)
        return Value(
            self, self.builder.select(condition.ir, self.like(model, a), self.like(model, b))
        )

    def least(self, a: Value, b: Number) -> Value:
        """The smaller of two integers."""
        return self.select(a < b, a, b)

    def most(self, a: Value, b: Number) -> Value:
        """The larger of two integers."""
        return self.select(a > b, a, b)

    def opposite(self, condition: Value) -> Value:
        """``not condition``; by lane, for vectors."""
        return Value(self, self.builder.not_(condition.ir))

    def is_nan(self, value: Value) -> Value:
        """Whether it is not a number."""
        return Value(self, self.builder.fcmp_unordered("uno", value.ir, value.ir))

    def any_nan(self, vector: Value) -> Value:
        """Whether a lane is not a number."""
        lanes = vector.ir.type.count
        bits = self.is_nan(vector).ir
        name = f"llvm.vector.reduce.or.v{lanes}i1"
        function = self.module.intrinsic(name, _BIT, [ir.VectorType(_BIT, lanes)])
        return Value(self, self.builder.call(function, [bits]))

    def broadcast(self, value: Value, lanes: int) -> Value:
        """The same number in every lane."""
        return Value(self, self._broadcast(value.ir, lanes))

    def _broadcast(self, value: Any, lanes: int) -> Any:
        undefined = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
        zero = ir.Constant(ir.IntType(32), 0)
        one = self.builder.insert_element(undefined, value, zero)
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)
        return self.builder.shuffle_vector(one, undefined, zeros)

    def shuffle(self, a: Value, b: Value, order: Sequence[int]) -> Value:
        """Lanes of two vectors, numbered one after the other, in another order."""
        indices = ir.Constant(ir.VectorType(ir.IntType(32), len(order)), list(order))
        return Value(self, self.builder.shuffle_vector(a.ir, b.ir, indices))

    def multiply_add(self, a: Value, b: Value, c: Value) -> Value:
        """``a·b + c``, rounded once where the processor has an instruction for it."""
        if not self.module.target.has_fma:
            return a * b + c
        kind = a.ir.type
        function = self.module.intrinsic(f"llvm.fma.{self.type_name(kind)}", kind, [kind] * 3)
        return Value(self, self.builder.call(function, [a.ir, b.ir, c.ir]))

    def converted(self, value: Value, element: Any) -> Value:
        """The same numbers, in each lane, as reals or integers of another type."""
        kind = value.ir.type
        old, new = getattr(kind, "element", kind), element
        if old == new:
            return value
        if isinstance(kind, ir.VectorType):
            element = ir.VectorType(element, kind.count)
        if isinstance(old, ir.IntType):
            shorter = isinstance(new, ir.IntType) and new.width < old.width
            name = "trunc" if shorter else "sext" if isinstance(new, ir.IntType) else "sitofp"
        else:
            name = "fpext" if isinstance(new, ir.DoubleType) else "fptrunc"
        return Value(self, getattr(self.builder, name)(value.ir, element))

    def lanes_below(self, count: Value, lanes: int) -> Value:
        """A mask: the lanes whose number is below ``count``."""
        numbers = ir.Constant(ir.VectorType(_INT, lanes), list(range(lanes)))
        limit = self._broadcast(count.ir, lanes)
        return Value(self, self.builder.icmp_signed("<", numbers, limit))

    def fill(self, pointer: Pointer, count: Value) -> None:
        """Write ``count`` zeros."""
        memset = self.module.intrinsic(
            "llvm.memset.p0.i64", ir.VoidType(), [ir.PointerType(), ir.IntType(8), _INT, _BIT]
        )
        size = count * self.module.dtype.itemsize
        arguments = [pointer.ir, ir.Constant(ir.IntType(8), 0), size.ir, ir.Constant(_BIT, 0)]
        self.builder.call(memset, arguments)

    def copy(self, target: Pointer, source: Pointer, count: Value) -> None:
        """Copy ``count`` elements."""
        memcpy = self.module.intrinsic(
            "llvm.memcpy.p0.p0.i64",
            ir.VoidType(),
            [ir.PointerType(), ir.PointerType(), _INT, _BIT],
        )
        size = count * self.module.dtype.itemsize
        self.builder.call(memcpy, [target.ir, source.ir, size.ir, ir.Constant(_BIT, 0)])

    def fence(self) -> None:
        """Have everything that was written seen by other threads, streamed vectors too."""
        self.builder.fence("seq_cst")

    def alignment(self, element: Any) -> int:
        """Arrays are aligned to their elements, not to vectors."""
        return 8 if element in (_INT, ir.DoubleType()) else 4

    def type_name(self, kind: Any) -> str:
        """How intrinsics call a type: f32, v16f32."""
        if isinstance(kind, ir.VectorType):
            return f"v{kind.count}{self.type_name(kind.element)}"
        return _INTRINSIC_NAMES.get(str(kind), str(kind))
