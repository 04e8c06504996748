"""Products of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.glue.function import Full, Function, Gradients, bounded, same_shape, unbroadcast

__all__ = ["MATRICES"]


def _matmul(a: Array, b: Array) -> Array:
    product: Array = np.matmul(a, b)
    return product


def _matmul_backward(grad_y: Array, a: Array, b: Array) -> Gradients:
    rows = a[None] if a.ndim == 1 else a
    columns = b[:, None] if b.ndim == 1 else b
    grad = np.expand_dims(grad_y, -1) if b.ndim == 1 else grad_y
    grad = np.expand_dims(grad, -2) if a.ndim == 1 else grad
    by_a = unbroadcast(grad @ columns.swapaxes(-1, -2), rows.shape)
    by_b = unbroadcast(rows.swapaxes(-1, -2) @ grad, columns.shape)
    return by_a.reshape(a.shape), by_b.reshape(b.shape)


def _matmul_shape(a: Full, b: Full) -> Full:
    if a[-1:] != b[-2:][:1] or not a:
        raise ValueError(f"matrices of shapes {a} and {b} have no product")
    rows, columns = a[-2:-1], b[-1:] if len(b) > 1 else ()
    return (*np.broadcast_shapes(a[:-2], b[:-2]), *rows, *columns)


def _gemm(
    a: Array,
    b: Array,
    c: Array | None = None,
    *,
    alpha: float = 1.0,
    beta: float = 1.0,
    transpose_a: bool = False,
    transpose_b: bool = False,
) -> Array:
    """``alpha · a · b + beta · c``, a and b turned if asked."""
    _gemm_shape(a.shape, b.shape, transpose_a=transpose_a, transpose_b=transpose_b)
    product = (a.T if transpose_a else a) @ (b.T if transpose_b else b)
    scaled: Array = product if alpha == 1 else product * product.dtype.type(alpha)
    return scaled if c is None else scaled + c * c.dtype.type(beta)


def _gemm_backward(
    grad_y: Array,
    a: Array,
    b: Array,
    c: Array | None = None,
    *,
    alpha: float = 1.0,
    beta: float = 1.0,
    transpose_a: bool = False,
    transpose_b: bool = False,
) -> Gradients:
    grad = grad_y * grad_y.dtype.type(alpha)
    by_a = grad @ (b if transpose_b else b.T)
    by_b = (a if transpose_a else a.T) @ grad
    products = by_a.T if transpose_a else by_a, by_b.T if transpose_b else by_b
    if c is None:
        return products
    return *products, unbroadcast(grad_y * grad_y.dtype.type(beta), c.shape)


def _einsum(*arrays: Array, equation: str) -> Array:
    bounded(_einsum_shape(*(array.shape for array in arrays), equation=equation))
    result: Array = np.einsum(equation, *arrays, optimize=True)
    return result


def _einsum_shape(*shapes: Full, equation: str) -> Full:
    """The sizes of the letters on the right; without an arrow, of those that come once."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    sizes: dict[str, int] = {}
    dots: Full = ()
    for term, shape in zip(left.split(","), shapes, strict=True):
        before, ellipsis, after = term.partition("...")
        end = len(shape) - len(after)
        if end < len(before) or (end > len(before) and not ellipsis):
            raise ValueError(f"{term} does not name the axes of shape {shape}")
        dots = np.broadcast_shapes(dots, shape[len(before) : end])
        here: dict[str, int] = {}
        for letter, size in zip(before + after, shape[: len(before)] + shape[end:], strict=True):
            other = sizes.setdefault(letter, size)
            if here.setdefault(letter, size) != size or (other != size and 1 not in (size, other)):
                raise ValueError(f"{letter} is {other} and {size}")
            sizes[letter] = max(size, sizes[letter])
    if not arrow:
        letters = left.replace("...", "").replace(",", "")
        once = sorted(letter for letter in set(letters) if letters.count(letter) == 1)
        right = "..." * ("..." in left) + "".join(once)
    first, ellipsis, last = right.partition("...")
    kept = [[sizes[letter] for letter in part] for part in (first, last)]
    return (*kept[0], *(dots if ellipsis else ()), *kept[1])


def _gemm_shape(
    a: Full,
    b: Full,
    c: Full = (),
    *,
    transpose_a: bool = False,
    transpose_b: bool = False,
    **_: Any,
) -> Full:
    rows, columns = (a[::-1] if transpose_a else a), (b[::-1] if transpose_b else b)
    if len(a) != 2 or len(b) != 2:
        raise ValueError(f"{a} and {b} are no matrices")
    return np.broadcast_shapes(_matmul_shape(rows, columns), c)


def _det_shape(shape: Full) -> Full:
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"{shape} is no square")
    return shape[:-2]


def _det(x: Array) -> Array:
    return np.asarray(np.linalg.det(x), x.dtype)


def _trilu(x: Array, k: Array | int = 0, upper: bool = True) -> Array:
    """One triangle of the last two axes, from the k-th diagonal on; 0 elsewhere."""
    return (np.triu if upper else np.tril)(x, int(np.asarray(k).item()))


def _trilu_backward(
    grad_y: Array,
    x: Array,
    k: Array | int = 0,
    upper: bool = True,
) -> Gradients:
    return (_trilu(grad_y, k, upper),)


MATRICES: dict[str, Function] = {
    "matmul": Function(_matmul, _matmul_backward, _matmul_shape),
    "gemm": Function(_gemm, _gemm_backward, _gemm_shape),
    "einsum": Function(_einsum, None, _einsum_shape),
    "determinant": Function(_det, None, _det_shape),
    "trilu": Function(_trilu, _trilu_backward, same_shape),
}
