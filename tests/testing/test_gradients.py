"""stridewise.testing: gradients by central differences."""

import numpy as np
import pytest

from stridewise.testing import GradientMismatchError, check_gradients, numerical_gradient


def product(x, y):
    return x * y


def product_gradients(grad_y, x, y):
    return grad_y * y, grad_y * x


def test_numerical_gradient_of_a_matrix_product(rng):
    x, weight = rng.standard_normal((2, 3)), rng.standard_normal((3, 4))
    grad_y = rng.standard_normal((2, 4))
    grad_x = numerical_gradient(lambda x: x @ weight, x, grad_y)
    np.testing.assert_allclose(grad_x, grad_y @ weight.T, rtol=1e-8)


def test_numerical_gradient_honours_its_step():
    # x**3: the central difference is 3x**2 + step**2, exactly.
    for step in (0.5, 0.25):
        found = numerical_gradient(lambda x: x**3, [2.0], [1.0], step=step)
        assert found.item() == 12.0 + step**2


def test_numerical_gradient_leaves_x_alone_and_reads_integers():
    x = np.array([1, 2, 3])
    x.flags.writeable = False
    grad_x = numerical_gradient(np.square, x, np.ones(3))
    assert grad_x.dtype == np.float64
    np.testing.assert_allclose(grad_x, [2.0, 4.0, 6.0], rtol=1e-9)


def test_numerical_gradient_of_a_function_that_returns_its_input():
    np.testing.assert_allclose(numerical_gradient(lambda x: x, [5.0], [3.0]), [3.0], rtol=1e-9)


def test_right_gradients_pass(rng):
    arrays = [rng.standard_normal((2, 3)), rng.standard_normal((2, 3))]
    check_gradients(product, product_gradients, arrays)


def test_a_single_array_need_not_be_a_tuple():
    check_gradients(np.exp, lambda grad_y, x: grad_y * np.exp(x), [[0.5, -1.0]])


def test_none_is_not_looked_at(rng):
    arrays = [rng.standard_normal(3), rng.standard_normal(3)]
    check_gradients(product, lambda g, x, y: (None, g * x), arrays)
    with pytest.raises(GradientMismatchError, match="array 1 has a wrong gradient"):
        check_gradients(product, lambda g, x, y: (None, g * y), arrays)


def test_the_message_names_array_index_and_both_numbers():
    def wrong(grad_y, x, y):
        grad_x = grad_y * y
        grad_x[1, 2] = -7.0
        return grad_x, grad_y * x

    arrays = [np.ones((2, 3)), np.full((2, 3), 4.0)]
    message = r"(?s)array 0 .*1 wrong, worst at \(1, 2\): -7\.0, by central differences 4\.0"
    with pytest.raises(AssertionError, match=message):
        check_gradients(product, wrong, arrays, grad_y=np.ones((2, 3)))


def test_by_default_grad_y_is_not_constant():
    # A gradient that is right only for a constant grad_y must not pass.
    def only_for_ones(grad_y, x):
        return np.full_like(x, grad_y.mean())

    check_gradients(lambda x: x, only_for_ones, [[1.0, 2.0]], grad_y=[1.0, 1.0])
    with pytest.raises(GradientMismatchError, match="wrong gradient"):
        check_gradients(lambda x: x, only_for_ones, [[1.0, 2.0]])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_no_number_fails(bad):
    with pytest.raises(GradientMismatchError, match=f"1 wrong.*{bad}"):
        check_gradients(lambda x: x, lambda g, x: np.array([g[0], bad]), [[1.0, 2.0]])


@pytest.mark.parametrize(
    ("gradients", "message"),
    [
        (lambda g, x, y: g * y, r"needed:   2 gradients.*\n.*received: 1 gradients"),
        (lambda g, x, y: (g, g, g), r"received: 3 gradients"),
        (lambda g, x, y: (g[:1], g), r"array 0 has the wrong shape.*\n.*\(2,\).*\n.*\(1,\)"),
    ],
)
def test_wrong_numbers_and_shapes(gradients, message):
    with pytest.raises(GradientMismatchError, match=message):
        check_gradients(product, gradients, [[1.0, 2.0], [3.0, 4.0]])


def test_empty_arrays_have_empty_gradients():
    check_gradients(lambda x: x, lambda g, x: g, [np.zeros((0, 3))])
    with pytest.raises(GradientMismatchError, match="wrong shape"):
        check_gradients(lambda x: x, lambda g, x: np.zeros((0, 2)), [np.zeros((0, 3))])


@pytest.mark.parametrize(("rtol", "atol"), [(1e-2, 0.0), (0.0, 2e-2)])
def test_tolerances_decide(rtol, atol):
    def nearly(grad_y, x):
        return 1.005 * grad_y

    check_gradients(lambda x: x, nearly, [[1.0]], [2.0], rtol=rtol, atol=atol)
    with pytest.raises(GradientMismatchError, match=r"2\.01"):
        check_gradients(lambda x: x, nearly, [[1.0]], [2.0], rtol=rtol / 10, atol=atol / 10)
