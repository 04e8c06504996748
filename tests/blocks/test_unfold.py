"""Unfolding and folding by hand, window by window, and as each other's adjoint."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.convolution import conv
from stridewise.blocks.unfold import fold, fold_backward, unfold, unfold_backward
from stridewise.errors import DtypeError, OptionError, OptionTypeError, ShapeError
from stridewise.specs import ConvSpec
from stridewise.testing import check_gradients


def row(*values):
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, [[1, 2], [2, 3], [3, 4], [4, 5]]),
        ({"stride": 2}, [[1, 2], [3, 4]]),
        ({"stride": 2, "padding": ((1, 0),)}, [[0, 1], [2, 3], [4, 5]]),
        ({"padding": "same", "stride": 3}, [[1, 2], [4, 5]]),
        ({"padding": "same"}, [[1, 2], [2, 3], [3, 4], [4, 5], [5, 0]]),
        ({"padding": "same_lower"}, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]),
        ({"dilation": 3}, [[1, 4], [2, 5]]),
        ({"dilation": 6, "padding": 2}, [[0, 5], [0, 0], [1, 0]]),
    ],
)
def test_one_row_by_hand(options, wanted):
    x = row(1, 2, 3, 4, 5)
    columns = unfold(x, 2, **options)
    assert columns[0].tolist() == wanted
    met = np.bincount(np.array(wanted, int).ravel(), minlength=6)[1:]
    assert fold(columns, 5, 2, **options).ravel().tolist() == (met * x.ravel()).tolist()


def test_taps_are_row_major_and_channels_stay_together():
    x = np.arange(12.0).reshape(1, 2, 3, 2)
    assert unfold(x, 2)[0, 0].tolist() == [[0, 1, 2, 3, 6, 7, 8, 9], [2, 3, 4, 5, 8, 9, 10, 11]]


def test_overlaps_are_added_and_padding_is_cut_off():
    columns = np.arange(1.0, 9.0).reshape(1, 4, 2)  # windows 1 2, 3 4, 5 6, 7 8
    assert fold(columns, 3, 2, padding=1).ravel().tolist() == [2 + 3, 4 + 5, 6 + 7]


CASES = {
    "plain": ((2, 4, 5, 3), (3, 2), {}),
    "stride": ((2, 7, 5, 2), (2, 3), {"stride": (3, 2)}),
    "stride beyond the kernel": ((1, 7, 5, 2), (1, 2), {"stride": (4, 3)}),
    "padding": ((2, 3, 4, 2), (2, 3), {"padding": ((1, 0), (2, 3))}),
    "dilation": ((2, 6, 7, 2), 2, {"dilation": (3, 5), "stride": 2, "padding": (1, 0)}),
    "same": ((2, 5, 6, 3), (2, 4), {"stride": (2, 4), "padding": "same"}),
    "rank 1": ((3, 8, 2), 3, {"stride": 2, "padding": "same_lower"}),
    "rank 3": ((1, 3, 4, 5, 2), (2, 1, 3), {"stride": (1, 2, 2), "padding": (1, 0, 2)}),
}
every = pytest.mark.parametrize("name", CASES)


def one_by_one(x, kernel_size, options):
    """Every number read alone, at a place that is counted out."""
    spec = ConvSpec.of("demo", x.shape[1:-1], kernel_size, **options)
    N, C = x.shape[0], x.shape[-1]
    taps = list(itertools.product(*map(range, spec.kernel_size)))
    columns = np.zeros((N, *spec.output_size, len(taps) * C))
    for position in itertools.product(*map(range, spec.output_size)):
        for number, tap in enumerate(taps):
            place = tuple(
                p * s - before + k * d
                for p, s, (before, _), k, d in zip(
                    position, spec.stride, spec.padding, tap, spec.dilation, strict=True
                )
            )
            if all(0 <= at < size for at, size in zip(place, spec.input_size, strict=True)):
                columns[(slice(None), *position, slice(number * C, (number + 1) * C))] = x[
                    (slice(None), *place)
                ]
    return columns


@every
def test_against_one_number_at_a_time(rng, name):
    shape, kernel_size, options = CASES[name]
    x = rng.standard_normal(shape)
    assert_array_equal(unfold(x, kernel_size, **options), one_by_one(x, kernel_size, options))


@every
def test_each_is_the_adjoint_and_the_gradient_of_the_other(rng, name):
    shape, kernel_size, options = CASES[name]
    x = rng.integers(-9, 10, shape).astype(float)
    columns = unfold(x, kernel_size, **options)
    grad = rng.integers(-9, 10, columns.shape).astype(float)
    folded = fold(grad, shape[1:-1], kernel_size, **options)
    assert folded.shape == shape
    assert np.vdot(columns, grad) == np.vdot(x, folded)  # integers: exact
    assert_array_equal(unfold_backward(grad, x, kernel_size, **options), folded)
    back = fold_backward(x, grad, shape[1:-1], kernel_size, **options)
    assert_array_equal(back, columns)


@every
def test_times_the_weights_it_is_the_convolution(rng, engine, name):
    shape, kernel_size, options = CASES[name]
    rank = len(shape) - 2
    kernel = (kernel_size,) * rank if isinstance(kernel_size, int) else kernel_size
    x, weight = rng.standard_normal(shape), rng.standard_normal((*kernel, shape[-1], 5))
    product = unfold(x, kernel_size, **options) @ weight.reshape(-1, 5)
    assert_allclose(product, conv(rank, x, weight, **options), atol=1e-12)


@pytest.mark.parametrize("name", ["padding", "dilation"])
def test_gradients(rng, name):
    shape, kernel_size, options = CASES[name]
    x = rng.standard_normal(shape)
    check_gradients(
        lambda x: unfold(x, kernel_size, **options),
        lambda grad_y, x: unfold_backward(grad_y, x, kernel_size, **options),
        [x],
    )
    given = (shape[1:-1], kernel_size)
    check_gradients(
        lambda columns: fold(columns, *given, **options),
        lambda grad_y, columns: fold_backward(grad_y, columns, *given, **options),
        [unfold(x, kernel_size, **options)],
    )


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "?", ">f4"])
def test_dtypes(rng, dtype):
    x = rng.integers(0, 2, (2, 4, 5, 3)).astype(dtype)
    result = np.dtype({"f2": "f2", "f4": "f4", ">f4": "f4"}.get(dtype, "f8"))
    columns = unfold(x, 2)
    assert columns.dtype == result
    assert_array_equal(columns, unfold(x.astype(float), 2))
    y = fold(columns.astype(dtype), (4, 5), 2)
    assert y.dtype == result
    assert unfold_backward(columns, x, 2).dtype == result
    assert fold_backward(y, columns, (4, 5), 2).dtype == result


def test_float16_is_added_up_in_float32():
    # 2048 + 1 is not in float16, and neither would be 2048 + 1 + 1 if added one by one
    columns = np.array([[0, 0, 1], [0, 1, 0], [2048, 0, 0]], np.float16).reshape(1, 3, 3)
    y = fold(columns, 5, 3)
    assert (y.dtype, y[0, 2, 0]) == (np.float16, 2050)


@pytest.mark.parametrize("shape", [(0, 4, 5, 3), (2, 4, 5, 0)])
def test_an_empty_batch_and_no_channels(shape):
    columns = unfold(np.zeros(shape), 2)
    assert columns.shape == (shape[0], 3, 4, 4 * shape[-1])
    assert unfold_backward(columns, np.zeros(shape), 2).shape == shape
    assert fold(columns, (4, 5), 2).shape == shape
    assert fold_backward(np.zeros(shape), columns, (4, 5), 2).shape == columns.shape


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x = rng.standard_normal((2, 4, 5, 3))
    columns = unfold(x, (3, 2), padding=1)
    folded = fold(columns, (4, 5), (3, 2), padding=1)
    for strange_x, strange in (
        (np.asfortranarray(x), np.asfortranarray(columns)),
        (x[:, ::-1].copy()[:, ::-1], np.repeat(columns, 2, axis=-1)[..., ::2]),
    ):
        strange_x.flags.writeable = strange.flags.writeable = False
        assert_array_equal(unfold(strange_x, (3, 2), padding=1), columns)
        assert_array_equal(fold(strange, (4, 5), (3, 2), padding=1), folded)


def test_windows_of_one_element_are_a_copy(rng):
    x = rng.standard_normal((2, 4, 5, 3))
    assert not np.shares_memory(unfold(x, 1), x)
    assert not np.shares_memory(fold(x, (4, 5), 1), x)


X, COLUMNS = np.ones((2, 4, 5, 3)), np.ones((2, 3, 4, 12))


@pytest.mark.parametrize(
    "call",
    [
        lambda x=X, size=(4, 5), kernel=2, **options: unfold(x, kernel, **options),
        lambda x=X, size=(4, 5), kernel=2, **options: unfold_backward(
            COLUMNS, x, kernel, **options
        ),
        lambda x=COLUMNS, size=(4, 5), kernel=2, **options: fold(x, size, kernel, **options),
        lambda x=COLUMNS, size=(4, 5), kernel=2, **options: fold_backward(
            X, x, size, kernel, **options
        ),
    ],
)
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"kernel": 0}, OptionError, "`kernel_size` is out of range"),
        ({"kernel": (2, 2, 2)}, OptionError, "`kernel_size` has the wrong form"),
        ({"kernel": 6}, ShapeError, "`kernel_size` does not fit"),
        ({"stride": 1.5}, OptionTypeError, "`stride` is not an integer"),
        ({"dilation": 0}, OptionError, "`dilation` is out of range"),
        ({"padding": "vaild"}, OptionError, "`padding` has an unknown name"),
        ({"x": X[0, 0]}, ShapeError, r"`(x|columns)` has the wrong number of axes.*\(5, 3\)"),
        ({"x": X[None, None]}, ShapeError, "`(x|columns)` has the wrong number of axes"),
        ({"x": X.astype(complex)}, DtypeError, "real numbers"),
    ],
)
def test_errors_of_all_four(call, change, error, message):
    with pytest.raises(error, match=f"(?s)^(un)?fold(_backward)?: .*{message}"):
        call(**change)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: unfold(X[:, :0], 2), ShapeError, "an empty spatial axis"),
        (lambda: fold(COLUMNS, (4, 0), 2), OptionError, "`output_size` is out of range"),
        (lambda: fold(COLUMNS, (4, 5, 6), 2), OptionError, "`output_size` has the wrong form"),
        (lambda: fold(COLUMNS, 5, 2), ShapeError, r"(?s)`columns` does not.*\(N, 4, 4, 4 \* C\)"),
        (lambda: fold(COLUMNS[..., :7], (4, 5), 2), ShapeError, r"columns of shape \(2, 3, 4, 4\)"),
        (lambda: fold(COLUMNS[..., :3], (4, 5), 2), ShapeError, r"columns of shape \(2, 3, 4, 4\)"),
        (lambda: unfold_backward(X, X, 2), ShapeError, r"grad_y.shape=\(2, 3, 4, 12\)"),
        (lambda: fold_backward(COLUMNS, COLUMNS, (4, 5), 2), ShapeError, r"=\(2, 4, 5, 3\)"),
    ],
)
def test_errors_of_one(call, error, message):
    with pytest.raises(error, match=message):
        call()
