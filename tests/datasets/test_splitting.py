import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridewise.datasets import Dataset, batches, digits, shuffled, split
from stridewise.errors import DataError, OptionError, OptionTypeError


def numbered(labels, classes=4):
    """A dataset whose pixels say which example is which."""
    numbers = np.arange(len(labels), dtype=np.float32) / max(len(labels), 1)
    images = np.broadcast_to(numbers[:, None, None, None], (len(labels), 3, 2, 1))
    names = tuple(f"class {label}" for label in range(classes))
    return Dataset(images.copy(), np.array(labels, dtype=np.int64), names)


def numbers(dataset, count):
    return np.rint(dataset.images[:, 0, 0, 0] * count).astype(int)


def test_split_by_hand():
    parts = split(numbered([0] * 10 + [1] * 20, classes=2), (0.7, 0.2, 0.1), seed=3)
    assert [np.bincount(part.labels).tolist() for part in parts] == [[7, 14], [2, 4], [1, 2]]
    assert all(part.classes == ("class 0", "class 1") for part in parts)


def test_small_classes_share_fairly():
    # Each class alone would give both of its examples' share to the larger part.
    train, test = split(numbered([0, 0, 1, 1, 2, 2, 3, 3]), (0.75, 0.25), seed=0)
    assert (len(train), len(test)) == (6, 2)


def test_digits_in_proportion():
    train, test = split(digits(), (0.8, 0.2), seed=1)
    assert len(train) + len(test) == 1797
    expected = 0.8 * np.bincount(digits().labels)
    assert np.abs(np.bincount(train.labels) - expected).max() < 1


def test_rounding_errors_do_not_move_examples():
    # In floating point the third part's share of the five is 0.9999999999999998.
    dataset = numbered([0] * 18 + [1] * 5 + [2] * 100, classes=3)
    parts = split(dataset, (0.34, 0.09, 0.2, 0.03, 0.34), seed=0)
    counts = np.array([np.bincount(part.labels, minlength=3) for part in parts])
    assert counts[:, 1].tolist() == [2, 0, 1, 0, 2]
    assert counts[:, 2].tolist() == [34, 9, 20, 3, 34]


def test_seed_decides():
    dataset = numbered([0, 1] * 20, classes=2)
    first, again, other = (split(dataset, (0.5, 0.5), seed)[0] for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.images, again.images)
    assert not np.array_equal(first.images, other.images)


@st.composite
def divisions(draw):
    weights = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
    return tuple(weight / sum(weights) for weight in weights)


@settings(deadline=None)
@given(
    labels=st.lists(st.integers(0, 3), min_size=1, max_size=60),
    fractions=divisions(),
    seed=st.integers(0, 2**32),
)
def test_split_is_a_stratified_partition(labels, fractions, seed):
    dataset = numbered(labels)
    try:
        parts = split(dataset, fractions, seed)
    except DataError:
        # Rounding takes less than one example of each of the four classes.
        assert min(fractions) * len(labels) < 4
        return
    found = np.concatenate([numbers(part, len(labels)) for part in parts])
    assert sorted(found.tolist()) == list(range(len(labels)))
    sizes = np.bincount(labels, minlength=4)
    for part, fraction in zip(parts, fractions, strict=True):
        order = numbers(part, len(labels))
        assert (np.diff(order) > 0).all()
        np.testing.assert_array_equal(part.labels, dataset.labels[order])
        counts = np.bincount(part.labels, minlength=4)
        assert (np.abs(counts - fraction * sizes) < 1).all()


def test_empty_part():
    with pytest.raises(DataError, match=r"a part would be empty(.|\n)*parts of \(3, 0\)"):
        split(numbered([0, 1, 1]), (0.99, 0.01), seed=0)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ((0.5, 0.4), OptionError, "whose sum is 0.9"),
        ((1.5, -0.5), OptionError, "positive numbers"),
        ((1.0, 0.0), OptionError, "positive numbers"),
        ((), OptionError, "whose sum is 0"),
        ((float("nan"), 1), OptionError, "whose sum is nan"),
        (0.5, OptionTypeError, "not a sequence of numbers"),
        (("half", "half"), OptionTypeError, "not a sequence of numbers"),
    ],
)
def test_wrong_fractions(wrong, error, message):
    with pytest.raises(error, match=message):
        split(numbered([0, 1, 1]), wrong, seed=0)


@pytest.mark.parametrize(
    ("wrong", "error"), [(-1, OptionError), (1.0, OptionTypeError), (None, OptionTypeError)]
)
def test_wrong_seed(wrong, error):
    with pytest.raises(error, match="split: `seed`"):
        split(numbered([0, 1, 1]), (0.5, 0.5), seed=wrong)
    with pytest.raises(error, match="shuffled: `seed`"):
        shuffled(numbered([0, 1, 1]), seed=wrong)


def test_shuffled_keeps_every_pair():
    dataset = numbered([0, 1, 2, 3] * 10)
    mixed = shuffled(dataset, seed=8)
    order = numbers(mixed, 40)
    assert sorted(order.tolist()) == list(range(40))
    assert order.tolist() != list(range(40))
    np.testing.assert_array_equal(mixed.labels, dataset.labels[order])
    np.testing.assert_array_equal(mixed.images, shuffled(dataset, seed=8).images)


@given(
    count=st.integers(1, 80),
    batch_size=st.integers(1, 90),
    seed=st.one_of(st.none(), st.integers(0, 99)),
)
def test_batches_cover_all_examples_once(count, batch_size, seed):
    rng = None if seed is None else np.random.default_rng(seed)
    found = list(batches(count, batch_size, rng))
    assert all(len(batch) == batch_size for batch in found[:-1])
    assert 1 <= len(found[-1]) <= batch_size
    together = np.concatenate(found)
    assert together.dtype == np.int64
    np.testing.assert_array_equal(np.sort(together), np.arange(count))
    if rng is None:
        np.testing.assert_array_equal(together, np.arange(count))


def test_batches_are_shuffled_by_the_generator():
    first, again = (np.concatenate([*batches(50, 7, np.random.default_rng(2))]) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.tolist() != list(range(50))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(0, OptionError), (-4, OptionError), (True, OptionTypeError), (2.0, OptionTypeError)],
)
def test_wrong_batches_are_refused_at_the_call(wrong, error):
    with pytest.raises(error, match="batches: `batch_size`"):
        batches(5, wrong)
    with pytest.raises(error, match="batches: `count`"):
        batches(wrong, 5)


def test_wrong_generator_of_batches():
    with pytest.raises(OptionTypeError, match="`rng` is not a random generator"):
        batches(5, 2, rng=0)
