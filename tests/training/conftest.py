"""Small data, small networks, and one real run that many tests look at."""

from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from stridewise.datasets import Dataset, digits, shuffled
from stridewise.layers import Activation, BatchNorm, Conv2D, Dense, Dropout, Flatten
from stridewise.networks import Sequential
from stridewise.training import Progress, RunOptions, train_run


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Networks this small only wait for one another's threads."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def few_digits():
    """200 digits in which every class is there."""
    return shuffled(digits(), seed=5).take(range(200))


@pytest.fixture(scope="session")
def few_digits_file(few_digits, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "few.npz"
    np.savez(path, images=few_digits.images, labels=few_digits.labels)
    return path


@pytest.fixture(scope="session")
def stripes():
    """A problem that anyone can learn: lying stripes are 0, standing ones 1."""
    rng = np.random.default_rng(11)
    images = 0.2 * rng.random((48, 6, 5, 1))
    labels = np.arange(48) % 2
    images[labels == 0, 1::2] += 0.8
    images[labels == 1, :, 1::2] += 0.8
    return Dataset(images.clip(0, 1), labels, ("lying", "standing"))


@pytest.fixture
def small_network():
    """A maker of small networks for the stripes: every kind of array that training touches."""

    def make(seed=0, dropout=0.2):
        layers = [
            Conv2D(4, 3),
            BatchNorm(),
            Activation("relu"),
            Flatten(),
            Dropout(dropout),
            Dense(2),
        ]
        return Sequential(layers, (6, 5, 1), seed=seed)

    return make


class Recorder(Progress):
    """Remembers what it is told, in order."""

    def __init__(self):
        self.told = []

    def begin(self, images):
        self.told.append(("begin", images))

    def batch(self, epoch, images, loss, accuracy):
        self.told.append(("batch", epoch, images, loss, accuracy))

    def epoch(self, result):
        self.told.append(("epoch", result))


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture(scope="session")
def digits_run(tmp_path_factory):
    """Two epochs on the digits, as a user would run them, and what was told meanwhile."""
    folder, progress = tmp_path_factory.mktemp("runs") / "two-epochs", Recorder()
    options = RunOptions(epochs=2, network="digits_convnet", seed=3)
    with threadpool_limits(1):
        outcome = train_run(options, folder, progress)
    return SimpleNamespace(options=options, folder=folder, outcome=outcome, told=progress.told)
