"""The transforms of Winograd's minimal filtering F(m, r), and how to apply them.

``m`` outputs of a filter of ``r`` taps need ``m + r − 1`` products instead of ``m·r``: with inputs
``d`` and filter ``g``, ``y = Aᵀ[(G g) ⊙ (Bᵀ d)]``; in two dimensions every transform is applied
to rows and columns. The matrices belong to interpolation at ``m + r − 2`` points and infinity.
Here the points are 0, ±3/4, ±3/2, whose rounding errors are about half of those of the usual
0, ±1, ±2, at the same cost.

References
----------
A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016,
arXiv:1509.09308; B. Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd
Convolution for Deep Neural Networks", arXiv:1803.10986.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple, TypeAlias

from stridewise.engines.compiled.code.language import Kernel, Value

__all__ = ["Matrix", "Transforms", "apply", "apply_twice", "transforms"]

Matrix: TypeAlias = tuple[tuple[Fraction, ...], ...]

_POINTS = tuple(map(Fraction, ("0", "3/4", "-3/4", "3/2", "-3/2")))


class Transforms(NamedTuple):
    """``Aᵀ`` (m, a), ``G`` (a, r) and ``Bᵀ`` (a, a), where ``a = m + r − 1``."""

    output: Matrix
    filter: Matrix
    input: Matrix


@cache
def transforms(m: int, r: int) -> Transforms:
    """The matrices of F(m, r).

    >>> A_T, G, B_T = transforms(2, 3)
    >>> len(A_T), len(G), len(B_T)
    (2, 4, 4)
    """
    points = _POINTS[: m + r - 2]
    zero, one = Fraction(0), Fraction(1)
    output = tuple(
        (*(point**power for point in points), one if power == m - 1 else zero) for power in range(m)
    )
    filters, inputs = [], []
    for point in points:
        others = [other for other in points if other != point]
        scale = one
        for other in others:
            scale *= point - other
        filters.append(tuple(point**power / scale for power in range(r)))
        inputs.append((*_product(others), zero))
    filters.append((*(zero,) * (r - 1), one))
    inputs.append(_product(points))
    return Transforms(output, tuple(filters), tuple(inputs))


def _product(roots: tuple[Fraction, ...] | list[Fraction]) -> tuple[Fraction, ...]:
    """Coefficients of the polynomial with these roots, lowest power first."""
    coefficients = [Fraction(1)]
    for root in roots:
        raised = [Fraction(0), *coefficients]
        lowered = [-root * c for c in coefficients] + [Fraction(0)]
        coefficients = [a + b for a, b in zip(raised, lowered, strict=True)]
    return tuple(coefficients)


def apply(k: Kernel, matrix: Matrix, vectors: list[Value]) -> list[Value]:
    """Multiply a matrix with a list of vectors, in generated code.

    What two opposite points share is computed once: two rows may have the same even terms and
    opposite odd ones; two columns may be equal in even rows and opposite in odd ones.
    """
    matrix, vectors = _with_sums_of_twins(matrix, vectors)
    results: dict[int, Value] = {}
    for number, row in enumerate(matrix):
        if number in results:
            continue
        mirrored = tuple(-c if at % 2 else c for at, c in enumerate(row))
        if mirrored == row or mirrored not in matrix:
            results[number] = _combination(k, row, vectors)
            continue
        even = _combination(k, [0 if at % 2 else c for at, c in enumerate(row)], vectors)
        odd = _combination(k, [c if at % 2 else 0 for at, c in enumerate(row)], vectors)
        results[number], results[matrix.index(mirrored)] = even + odd, even - odd
    return [results[number] for number in range(len(matrix))]


def _with_sums_of_twins(matrix: Matrix, vectors: list[Value]) -> tuple[Matrix, list[Value]]:
    """Replace twin columns by one for even rows, of the sum, and one for odd rows, of the rest."""
    columns = list(zip(*matrix, strict=True))
    vectors = list(vectors)
    for at in range(len(columns) - 1):
        mirrored = tuple(-c if row % 2 else c for row, c in enumerate(columns[at]))
        if mirrored == columns[at + 1] != columns[at]:
            a, b = vectors[at], vectors[at + 1]
            vectors[at], vectors[at + 1] = a + b, a - b
            column = columns[at]
            columns[at] = tuple(Fraction(0) if row % 2 else c for row, c in enumerate(column))
            columns[at + 1] = tuple(c if row % 2 else Fraction(0) for row, c in enumerate(column))
    return tuple(zip(*columns, strict=True)), vectors


def apply_twice(k: Kernel, matrix: Matrix, square: list[list[Value]]) -> list[list[Value]]:
    """``M · square · Mᵀ``: the columns, then the rows."""
    columns = [apply(k, matrix, list(column)) for column in zip(*square, strict=True)]
    return [apply(k, matrix, list(row)) for row in zip(*columns, strict=True)]


def _combination(k: Kernel, row: Sequence[Fraction | int], vectors: list[Value]) -> Value:
    """Sum of vectors times constants; a factor of 1 comes first and costs nothing."""
    terms = [(float(c), vector) for c, vector in zip(row, vectors, strict=True) if c]
    terms.sort(key=lambda term: term[0] != 1)
    (factor, vector), *others = terms
    total = vector if factor == 1 else vector * factor
    for factor, vector in others:
        constant = k.reals(factor, vector.ir.type.count)
        total = total + vector if factor == 1 else k.multiply_add(vector, constant, total)
    return total
