"""Cross-entropy: perfect and uniform predictions, against SciPy, extremes, and its gradient."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logsumexp, softmax

from stridewise import cross_entropy, cross_entropy_backward
from stridewise.errors import DataError, DtypeError, ShapeError
from stridewise.testing import check_gradients

inf = np.inf
SHAPES = [(), (4,), (2, 5), (2, 3, 4), (3, 1, 2, 5)]


@pytest.mark.parametrize("classes", [1, 2, 7])
def test_uniform_predictions(classes):
    labels = np.arange(6) % classes
    assert_allclose(cross_entropy(np.full((6, classes), 3.5), labels), np.log(classes))


def test_perfect_predictions():
    labels = np.array([2, 0, 1, 2])
    logits = 1000.0 * np.eye(3)[labels]
    assert cross_entropy(logits, labels) == 0
    assert_array_equal(cross_entropy_backward(1.0, logits, labels), np.zeros((4, 3)))


def test_wrong_predictions():
    assert cross_entropy([[1000.0, 0.0], [-1000.0, 1000.0]], [1, 0]) == 1500


def test_by_hand():
    logits = [[0.0, np.log(3)], [np.log(4), np.log(4)]]  # 1/4, 3/4; 1/2, 1/2
    assert_allclose(cross_entropy(logits, [0, 1]), (np.log(4) + np.log(2)) / 2)
    grad = cross_entropy_backward(8.0, logits, [0, 1])
    assert_allclose(grad, [[-3, 3], [2, -2]], atol=1e-14)


@pytest.mark.parametrize("shape", SHAPES)
def test_formula(rng, shape):
    logits, labels = 5 * rng.standard_normal((*shape, 6)), rng.integers(0, 6, shape)
    right = np.take_along_axis(logits, labels[..., None], axis=-1)[..., 0]
    loss = cross_entropy(logits, labels)
    assert loss.shape == ()
    assert_allclose(loss, np.mean(logsumexp(logits, axis=-1) - right), rtol=1e-13)
    grad = cross_entropy_backward(2.5, logits, labels)
    one_hot = np.eye(6)[labels]
    assert_allclose(grad, 2.5 * (softmax(logits, axis=-1) - one_hot) / labels.size, atol=1e-15)
    assert_allclose(grad.sum(axis=-1), 0, atol=1e-15)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradients(rng, shape):
    labels = rng.integers(0, 3, shape)
    check_gradients(
        lambda logits: cross_entropy(logits, labels),
        lambda grad_y, logits: cross_entropy_backward(grad_y, logits, labels),
        [rng.standard_normal((*shape, 3))],
        grad_y=-1.7,
    )


@pytest.mark.parametrize(
    ("dtype", "result", "tolerance"),
    [("f2", "f2", 1e-3), ("f4", "f4", 1e-6), ("f8", "f8", 0), ("i4", "f8", 0), ("?", "f8", 0)],
)
@pytest.mark.parametrize("labels_dtype", ["i1", "u1", "i4", "u8"])
def test_dtypes(dtype, result, tolerance, labels_dtype):
    logits = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [1, 0, 0]]).astype(dtype)
    labels = np.array([0, 2, 2, 1], labels_dtype)
    loss, grad = cross_entropy(logits, labels), cross_entropy_backward(1, logits, labels)
    assert (loss.dtype, grad.dtype) == (np.dtype(result), np.dtype(result))
    exact = logits.astype("f8")
    assert_allclose(loss, cross_entropy(exact, labels), rtol=tolerance)
    assert_allclose(grad, cross_entropy_backward(1.0, exact, labels), rtol=2 * tolerance)


def test_the_dtype_of_the_incoming_gradient_does_not_widen():
    logits = np.zeros((2, 3), "f4")
    assert cross_entropy_backward(np.float64(1), logits, [0, 1]).dtype == np.float32


def test_the_mean_adds_up_in_float64():
    logits = np.zeros((2**12 + 1, 2), "f4")
    logits[0, 1] = 2.0**25
    wanted = (2**25 + 2**12 * np.log(np.float32(2))) / (2**12 + 1)
    loss = cross_entropy(logits, np.zeros(2**12 + 1, int))
    assert_allclose(loss, wanted, rtol=1e-7)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_the_extremes_neither_overflow_nor_warn(dtype):
    logits = np.array([[1000, -1000, 0], [-1000, -1000, -1000]], dtype)
    third = np.log(3)
    assert_allclose(cross_entropy(logits, [1, 2]), (2000 + third) / 2, rtol=1e-3)
    grad = cross_entropy_backward(6.0, logits, [1, 2])
    assert_allclose(grad, [[3, -3, 0], [1, 1, -2]], rtol=1e-3)


def test_a_class_that_is_impossible():
    assert cross_entropy([[-inf, 0.0, 0.0]], [1]) == np.log(2)
    assert cross_entropy([[-inf, 0.0, 0.0]], [0]) == inf
    assert_allclose(cross_entropy_backward(2.0, [[-inf, 0.0, 0.0]], [1]), [[0, -1, 1]])


def test_nan_passes():
    logits = [[np.nan, 0.0], [0.0, 0.0]]
    assert np.isnan(cross_entropy(logits, [1, 0]))
    grad = cross_entropy_backward(1.0, logits, [1, 0])
    assert_array_equal(grad, [[np.nan, np.nan], [-0.25, 0.25]])


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    logits, labels = rng.standard_normal((2, 5, 3)), rng.integers(0, 3, (2, 5))
    strange, strange_labels = np.asfortranarray(logits), np.repeat(labels, 2, axis=1)[:, ::2]
    strange.flags.writeable = strange_labels.flags.writeable = False
    assert_allclose(cross_entropy(strange, strange_labels), cross_entropy(logits, labels), 1e-14)
    assert_allclose(
        cross_entropy_backward(1, strange, strange_labels),
        cross_entropy_backward(1, logits, labels),
        rtol=1e-13,
    )


LOGITS = np.zeros((2, 5, 3))
LABELS = np.zeros((2, 5), int)


@pytest.mark.parametrize("call", [cross_entropy, lambda *pair: cross_entropy_backward(1.0, *pair)])
@pytest.mark.parametrize(
    ("logits", "labels", "kind", "message"),
    [
        (LOGITS, LABELS[:1], ShapeError, r"labels.shape=\(1, 5\)"),
        (LOGITS, LABELS[..., None], ShapeError, "without an axis for the classes"),
        (LOGITS, LABELS[0], ShapeError, "do not fit"),
        (LOGITS[:0], LABELS[:0], ShapeError, "at least one example"),
        (LOGITS[..., :0], LABELS, ShapeError, "and one class"),
        (1.0, 0, ShapeError, "do not fit"),
        (LOGITS, LABELS.astype(float), DtypeError, "`labels` are not integers"),
        (LOGITS, LABELS > 0, DtypeError, "if they are one-hot"),
        (LOGITS, np.where(LABELS == 0, -1, 0), DataError, "label -1"),
        (LOGITS, LABELS + 3, DataError, r"integers from 0 to 2(.|\n)*label 3"),
        (LOGITS, LABELS.astype("u8") - 1, DataError, "label 18446744073709551615"),
        (LOGITS.astype(complex), LABELS, DtypeError, "`logits` does not hold real numbers"),
        (LOGITS, [["a"] * 5] * 2, DtypeError, "`labels` does not hold real numbers"),
    ],
)
def test_errors(call, logits, labels, kind, message):
    with pytest.raises(kind, match=message):
        call(logits, labels)


def test_a_gradient_that_is_not_one_number():
    with pytest.raises(ShapeError, match=r"`grad_y` has the wrong shape(.|\n)*one number"):
        cross_entropy_backward([1.0], LOGITS, LABELS)


def test_the_options_by_hand():
    # softmax 1/4, 3/4; the classes count 2 and 6, half of each label is spread: over n = 0,
    # q = (2 · 3/4, 6 · 1/4), over n = 1 q = (2 · 1/4, 6 · 3/4); the third example is ignored
    logits = [[0.0, np.log(3)], [0.0, np.log(3)], [np.nan, 5.0]]
    options = {"label_smoothing": 0.5, "ignore_label": 7, "weight": [2.0, 6.0]}
    loss = cross_entropy(logits, [0, 1, 7], **options)
    assert_allclose(loss, (2 * np.log(4) + 6 * np.log(4 / 3)) / 8, rtol=1e-14)
    grad = cross_entropy_backward(8.0, logits, [0, 1, 7], **options)
    wanted = [[3 / 4 - 3 / 2, 9 / 4 - 3 / 2], [5 / 4 - 1 / 2, 15 / 4 - 9 / 2], [0, 0]]
    assert_allclose(grad, wanted, atol=1e-14)


OPTIONS = [
    {"label_smoothing": 0.3},
    {"ignore_label": -100},
    {"ignore_label": 2},
    {"weight": [0.5, 2.0, 0.0]},
    {"label_smoothing": 0.2, "weight": [0.5, 2.0, 3.0], "ignore_label": np.int64(-1)},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("shape", [(7,), (2, 5)])
def test_the_options_against_loops(rng, shape, options):
    logits, labels = 3 * rng.standard_normal((*shape, 3)), rng.integers(0, 3, shape)
    ignored = options.get("ignore_label", None)
    if ignored is not None:
        labels[..., ::2] = ignored
        labels[..., 1] = 0
    smoothing, weight = options.get("label_smoothing", 0), options.get("weight", [1] * 3)
    loss, total, grad = 0, 0, np.zeros(logits.shape)
    for n in np.ndindex(*shape):
        if labels[n] == ignored:
            continue
        total += weight[labels[n]]
        for k in range(3):
            q = weight[k] * ((1 - smoothing) * (k == labels[n]) + smoothing / 3)
            loss += q * (logsumexp(logits[n]) - logits[n][k])
            grad[n] += q * softmax(logits[n])
            grad[n][k] -= q
    assert_allclose(cross_entropy(logits, labels, **options), loss / total, rtol=1e-12)
    got = cross_entropy_backward(2.0, logits, labels, **options)
    assert_allclose(got, 2 * grad / total, rtol=1e-12, atol=1e-15)
    check_gradients(
        lambda logits: cross_entropy(logits, labels, **options),
        lambda grad_y, logits: cross_entropy_backward(grad_y, logits, labels, **options),
        [logits],
        grad_y=1.5,
    )


@pytest.mark.parametrize(
    "options",
    [{"ignore_label": 1}, {"weight": [1, 0, 1]}, {"weight": [1, 0, 1], "label_smoothing": 0.1}],
)
def test_nothing_that_counts_is_a_loss_of_0(options):
    logits = np.array([[np.nan, 0, 1], [1, 2, 3]], "f4")
    loss = cross_entropy(logits, [1, 1], **options)
    assert (loss, loss.dtype, loss.shape) == (0, np.float32, ())
    grad = cross_entropy_backward(1.0, logits, [1, 1], **options)
    assert_array_equal(grad, np.zeros((2, 3), "f4"))
    assert grad.dtype == np.float32


def test_what_counts_0_may_be_impossible():
    logits = [[-inf, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert cross_entropy(logits, [0, 1], weight=[0, 1, 1]) == np.log(3)
    assert cross_entropy(logits, [0, 1], ignore_label=0) == np.log(3)
    smooth = cross_entropy(logits, [1, 1], weight=[0, 1, 1], label_smoothing=0.3)
    assert_allclose(smooth, (np.log(2) + np.log(3)) / 2 * (0.7 + 0.2), rtol=1e-14)
    assert cross_entropy(logits, [1, 1], label_smoothing=0.3) == inf


def test_defaults_are_the_plain_loss(rng):
    logits, labels = rng.standard_normal((6, 3)), rng.integers(0, 3, 6)
    options = {"label_smoothing": 0, "ignore_label": -100, "weight": np.ones(3, "i4")}
    assert_array_equal(cross_entropy(logits, labels, **options), cross_entropy(logits, labels))
    assert_array_equal(
        cross_entropy_backward(1.0, logits, labels, **options),
        cross_entropy_backward(1.0, logits, labels),
    )


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_the_options_do_not_widen(dtype):
    options = {"label_smoothing": np.float64(0.1), "weight": np.ones(3), "ignore_label": 5}
    for labels_dtype in ("u1", "i8", "u8"):
        labels = np.array([0, 5], labels_dtype)
        assert cross_entropy(np.zeros((2, 3), dtype), labels, **options).dtype == dtype
        grad = cross_entropy_backward(np.float64(1), np.zeros((2, 3), dtype), labels, **options)
        assert grad.dtype == dtype


@pytest.mark.parametrize(
    "call", [cross_entropy, lambda *a, **o: cross_entropy_backward(1, *a, **o)]
)
@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"label_smoothing": 1}, ValueError, "`label_smoothing` is out of range"),
        ({"label_smoothing": -0.1}, ValueError, "`label_smoothing` is out of range"),
        ({"label_smoothing": "0"}, TypeError, "`label_smoothing` is not a number"),
        ({"ignore_label": 1.0}, TypeError, "`ignore_label` is not an integer"),
        ({"ignore_label": True}, TypeError, "`ignore_label` is not an integer"),
        ({"ignore_label": -2}, DataError, "label -1"),
        ({"weight": [1.0, 1.0]}, ShapeError, "`weight` has the wrong shape"),
        ({"weight": 1.0}, ShapeError, "one number a class"),
        ({"weight": [1.0, -1.0, 1.0]}, ValueError, "`weight` is out of range"),
        ({"weight": [1.0, np.nan, 1.0]}, ValueError, "needed:   finite numbers >= 0"),
        ({"weight": [1.0, 1e39, 1.0]}, ValueError, "`weight` is out of range"),
        ({"weight": [1j] * 3}, TypeError, "`weight` does not hold real numbers"),
    ],
)
def test_options_that_are_refused(call, options, kind, message):
    labels = LABELS - 1 if options.get("ignore_label") == -2 else LABELS
    with pytest.raises(kind, match=message):
        call(LOGITS.astype("f4"), labels, **options)
