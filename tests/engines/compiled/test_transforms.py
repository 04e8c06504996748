"""Winograd's identities in exact fractions, and the code that applies the matrices."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose

from stridewise.engines.compiled.winograd.matrices import apply, apply_twice, transforms

SIZES = pytest.mark.parametrize(("m", "r"), [(4, 3), (2, 3), (3, 4), (3, 3), (2, 2), (1, 3)])
USED = pytest.mark.parametrize(("m", "r"), [(4, 3), (3, 4)])


def product(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def product_twice(matrix, square):
    """``M · square · Mᵀ``."""
    columns = [product(matrix, column) for column in zip(*square, strict=True)]
    return [product(matrix, row) for row in zip(*columns, strict=True)]


def unit(length, at):
    return [Fraction(int(number == at)) for number in range(length)]


@SIZES
def test_shapes(m, r):
    a = m + r - 1
    found = [(len(matrix), {len(row) for row in matrix}) for matrix in transforms(m, r)]
    assert found == [(m, {a}), (a, {r}), (a, {a})]


@SIZES
def test_the_filtering_in_one_dimension(m, r):
    """Every input with every tap: outputs are bilinear, so units decide."""
    A_T, G, B_T = transforms(m, r)
    for at in range(m + r - 1):
        d = product(B_T, unit(m + r - 1, at))
        for tap in range(r):
            g = product(G, unit(r, tap))
            y = product(A_T, [one * other for one, other in zip(g, d, strict=True)])
            assert y == unit(m, at - tap)


@SIZES
def test_the_filtering_in_two_dimensions(m, r):
    A_T, G, B_T = transforms(m, r)
    a = m + r - 1
    rng = np.random.default_rng(m * 10 + r)
    image = [[Fraction(int(n), 7) for n in row] for row in rng.integers(-50, 50, (a, a))]
    taps = [[Fraction(int(n), 3) for n in row] for row in rng.integers(-50, 50, (r, r))]
    v, u = product_twice(B_T, image), product_twice(G, taps)
    products = [[p * q for p, q in zip(*rows, strict=True)] for rows in zip(v, u, strict=True)]
    wanted = [
        [
            sum(image[row + i][column + j] * taps[i][j] for i in range(r) for j in range(r))
            for column in range(m)
        ]
        for row in range(m)
    ]
    assert product_twice(A_T, products) == wanted


def test_the_inputs_of_both_directions_are_transformed_alike():
    assert transforms(4, 3).input == transforms(3, 4).input


@USED
@pytest.mark.parametrize("which", ["output", "filter", "input"])
def test_the_code_multiplies_with_the_matrix(run_body, rng, m, r, which):
    """Both what it does to a list of vectors, and to a square of them."""
    matrix, lanes = getattr(transforms(m, r), which), 2
    size, rows = len(matrix[0]), len(matrix)
    values = rng.integers(-9, 10, (size, size, lanes)).astype(float)

    def body(k, ints, a, b, *_):
        square = [
            [(a + lanes * (i * size + j)).load(lanes) for j in range(size)] for i in range(size)
        ]
        for i, vector in enumerate(apply(k, matrix, square[0])):
            (b + lanes * i).store(vector)
        for i, line in enumerate(apply_twice(k, matrix, square)):
            for j, vector in enumerate(line):
                (b + lanes * (rows + i * rows + j)).store(vector)

    space = np.zeros(lanes * rows * (rows + 1))
    b = run_body(body, a=values.ravel(), b=space, dtype="float64")[2]
    exact = np.array(matrix, float)
    assert_allclose(
        b[: rows * lanes].reshape(rows, lanes), exact @ values[0], rtol=1e-13, atol=1e-12
    )
    wanted = np.einsum("ai,ijl,bj->abl", exact, values, exact)
    assert_allclose(b[rows * lanes :].reshape(wanted.shape), wanted, rtol=1e-13, atol=1e-11)
