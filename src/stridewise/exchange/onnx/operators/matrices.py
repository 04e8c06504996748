"""Products of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.values import Value
from stridewise.layers import Dense

__all__: list[str] = []


@translates("Gemm")
def gemm(node: OnnxNode, to: Builder) -> None:
    """A dense layer, if its weights are the model's; else a function."""
    a, b = to.plain(node.inputs[0]), to.plain(node.inputs[1])
    c = to.plain(node.inputs[2]) if node.input(2) else None
    alpha, beta = node.get("alpha", 1.0), node.get("beta", 1.0)
    turned = bool(node.get("transA", 0)), bool(node.get("transB", 0))
    bias = _bias(c, b, turned[1])
    if b.constant is not None and bias is not None and not turned[0] and a.constant is None:
        name = node.outputs[0]
        turned_b = b.constant.T if turned[1] else b.constant
        weight = _scaled(to, to.derived(name, "weight"), turned_b, alpha)
        own = {"weight": weight} | (
            {"bias": _scaled(to, to.derived(name, "bias"), bias, beta)} if c else {}
        )
        layer = Dense(weight.shape[1], bias=c is not None)
        to.place(node.outputs[0], layer, [a], rank=2, arrays=own)
        return
    given = [a, b, *([c] if c else [])]
    settings: dict[str, Any] = {"alpha": alpha, "beta": beta}
    settings |= {"transpose_a": turned[0], "transpose_b": turned[1]}
    to.call(node.outputs[0], "gemm", *given, rank=2, batched=not turned[0], **settings)


def _scaled(to: Builder, name: str, array: Array, factor: float) -> Array:
    """A constant times a number, within what constants may cost."""
    if factor == 1:
        return array
    number = Value(constant=np.asarray(factor, array.dtype))
    return np.asarray(to.call(name, "multiply", Value(constant=array), number).constant)


def _bias(c: Value | None, b: Value, turned: bool) -> Any:
    """One number an output, if the constant says no more than that."""
    if b.constant is None or b.constant.ndim != 2:
        return None
    features = b.constant.shape[0 if turned else 1]
    if c is None:
        return np.zeros(features, b.constant.dtype)
    if c.constant is None or c.constant.size not in (1, features):
        return None
    if c.constant.ndim > 1 and c.constant.shape[-1] != c.constant.size:
        return None
    return np.broadcast_to(c.constant.reshape(-1), (features,))


@translates("MatMul")
def matmul(node: OnnxNode, to: Builder) -> None:
    """Over the last two axes of ONNX's layout."""
    a, b = (to.plain(name) for name in node.inputs[:2])
    ranks = [v.axes for v in (a, b)]
    rank = None if None in ranks else max(r for r in ranks if r is not None)
    rank = None if rank is not None and min(r or 0 for r in ranks) < 2 else rank
    to.call(node.outputs[0], "matmul", a, b, rank=rank, batched=a.batched and a.rank == rank)


@translates("Einsum")
def einsum(node: OnnxNode, to: Builder) -> None:
    """A sum of products, as the equation says."""
    given = [to.plain(name) for name in node.inputs]
    to.call(node.outputs[0], "einsum", *given, equation=node.get("equation", ""))


@translates("Det")
def determinant(node: OnnxNode, to: Builder) -> None:
    """Of the last two axes."""
    to.call(node.outputs[0], "determinant", to.plain(node.inputs[0]))
