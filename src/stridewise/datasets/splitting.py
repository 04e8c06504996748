"""Parts, orders and batches of a dataset."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from stridewise.arrays import Array
from stridewise.datasets.dataset import Dataset
from stridewise.errors import DataError, OptionError, OptionTypeError, explain
from stridewise.options import require_integer

__all__ = ["batches", "shuffled", "split"]

# Shares like 0.29 * 100 miss their integer by a rounding error; this is more than such an error.
_ROUNDING = 1e-9


def split(dataset: Dataset, fractions: Sequence[float], seed: int) -> tuple[Dataset, ...]:
    """Split a dataset at random into parts that hold each class in proportion.

    Of a class with n examples, a part with the fraction f gets n * f rounded down or up; whoever
    is furthest behind its share of all classes so far is rounded up.

    Parameters
    ----------
    dataset : Dataset
        What to split.
    fractions : sequence of float
        The share of each part: positive numbers whose sum is 1.
    seed : int
        The same seed gives the same parts.

    Returns
    -------
    tuple of Dataset
        One a fraction. Every example is in exactly one of them; their order is kept.

    Raises
    ------
    OptionError, OptionTypeError
        If the fractions are not positive numbers with the sum 1, or the seed is no seed.
    DataError
        If a part would be empty.

    Examples
    --------
    >>> labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> pets = Dataset(np.zeros((8, 3, 2, 1), np.float32), labels, ("cat", "dog"))
    >>> train, test = split(pets, (0.75, 0.25), seed=7)
    >>> train.labels, test.labels
    (array([0, 0, 0, 1, 1, 1]), array([0, 1]))
    """
    shares = _checked_fractions(fractions)
    rng = _generator("split", seed)
    sizes = np.bincount(dataset.labels, minlength=len(dataset.classes))
    part_of = np.empty(len(dataset), dtype=np.int64)
    for label, counts in enumerate(_apportioned(sizes, shares)):
        members = rng.permutation(np.flatnonzero(dataset.labels == label))
        part_of[members] = np.repeat(np.arange(len(shares)), counts)
    found = np.bincount(part_of, minlength=len(shares))
    if found.min() == 0:
        raise DataError(
            explain(
                "split",
                "a part would be empty.",
                needed="at least one example in every part",
                received=f"{len(dataset)} examples for fractions={tuple(fractions)}, "
                f"which gives parts of {tuple(found.tolist())}",
                hint="more examples, or a larger fraction for that part",
            )
        )
    return tuple(dataset.take(np.flatnonzero(part_of == part)) for part in range(len(shares)))


def shuffled(dataset: Dataset, seed: int) -> Dataset:
    """Put the examples into a random order that depends on the seed alone.

    Examples
    --------
    >>> three = Dataset(np.zeros((3, 4, 2, 1)), np.array([0, 1, 2]), ("cat", "dog", "fox"))
    >>> sorted(shuffled(three, seed=1).labels.tolist())
    [0, 1, 2]
    """
    return dataset.take(_generator("shuffled", seed).permutation(len(dataset)))


def batches(count: int, batch_size: int, rng: np.random.Generator | None = None) -> Iterator[Array]:
    """Give the indices of ``count`` examples in batches, each index once.

    Parameters
    ----------
    count : int
        How many examples there are.
    batch_size : int
        How many indices a batch holds; the last one may hold fewer.
    rng : numpy.random.Generator, optional
        Shuffles the indices; without it they are in order.

    Returns
    -------
    iterator of arrays of shape (batch_size,)
        int64.

    Raises
    ------
    OptionError, OptionTypeError
        If ``count`` or ``batch_size`` is not a positive integer, or ``rng`` is no generator.

    Examples
    --------
    >>> list(batches(5, 2))
    [array([0, 1]), array([2, 3]), array([4])]
    """
    total = require_integer("batches", "count", count, at_least=1)
    size = require_integer("batches", "batch_size", batch_size, at_least=1)
    if not isinstance(rng, np.random.Generator | None):
        raise OptionTypeError(
            explain(
                "batches",
                "`rng` is not a random generator.",
                needed="numpy.random.Generator, or None for no shuffling",
                received=f"rng={rng!r}",
                hint="rng=np.random.default_rng(0)",
            )
        )
    order = np.arange(total) if rng is None else rng.permutation(total)
    # A generator expression, not `yield`: the arguments are checked at the call, not at first use.
    return (order[start : start + size] for start in range(0, total, size))


def _apportioned(sizes: Array, shares: Array) -> Array:
    """Share out every class: integers (classes, parts) whose rows add up to ``sizes``."""
    quotas = sizes[:, None] * shares
    counts: Array = np.floor(quotas + _ROUNDING).astype(np.int64)
    behind = np.zeros(len(shares))
    for row, quota in zip(counts, quotas, strict=True):
        left_over = quota - row
        behind += left_over
        # Only a share that was rounded down may be rounded up.
        rank = np.where(left_over > _ROUNDING, -behind, np.inf)
        winners = np.argsort(rank, kind="stable")[: round(left_over.sum())]
        row[winners] += 1
        behind[winners] -= 1
    return counts


def _checked_fractions(fractions: Sequence[float]) -> Array:
    try:
        shares = np.array([float(share) for share in fractions])
    except (TypeError, ValueError):
        raise OptionTypeError(
            explain(
                "split",
                "`fractions` is not a sequence of numbers.",
                needed="one number for each part",
                received=f"fractions={fractions!r}",
                hint="fractions=(0.8, 0.2)",
            )
        ) from None
    if not (np.all(shares > 0) and math.isclose(shares.sum(), 1, abs_tol=1e-6)):
        raise OptionError(
            explain(
                "split",
                "`fractions` is not a division of the whole.",
                needed="positive numbers whose sum is 1",
                received=f"fractions={fractions!r}, whose sum is {shares.sum():g}",
                hint="fractions=(0.8, 0.2)",
            )
        )
    return np.asarray(shares / shares.sum())


def _generator(operation: str, seed: int) -> np.random.Generator:
    return np.random.default_rng(require_integer(operation, "seed", seed, at_least=0))
