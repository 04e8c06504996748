"""Outcomes to report on: made up, so that every number in them is known; and pages to look at."""

from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from stridewise.datasets import Dataset, Normalisation
from stridewise.layers import Activation, Conv2D, Dense, Flatten, MaxPool
from stridewise.networks import Sequential
from stridewise.training import Checkpoint, EpochResult, Evaluation, History, Outcome

CONVOLUTION = (Conv2D, 6, 3), (Activation, "relu"), (MaxPool, 2)
VOID = {"meta", "br", "img", "hr", "link", "input"}


def epochs_of(count, validated=True):
    checked = (0.7, 0.6) if validated else (None, None)
    return tuple(
        EpochResult(n, 1.5 / n, 1 - 0.5 / n, *checked, 0.01, 0.25) for n in range(1, count + 1)
    )


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Networks this small only wait for one another's threads."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def made():
    """Make an outcome whose answers are chosen: ``answers[n]`` is what the network says to n."""

    def make(
        labels=(0, 1, 2, 0, 1, 2),
        answers=(0, 1, 2, 0, 1, 2),
        classes=("cat", "dog", "fox"),
        channels=1,
        convolution=True,
        epochs=3,
        validated=True,
        ended="finished",
    ):
        labels, answers = np.array(labels), np.array(answers)
        rng, K = np.random.default_rng(0), len(classes)
        shape = (8, 6, channels)
        layers = [kind(*options) for kind, *options in (CONVOLUTION if convolution else ())]
        network = Sequential([*layers, Flatten(), Dense(K)], shape, seed=1)
        # The n-th image is the n-th surest; its answer's probability is the largest by far.
        sure = np.linspace(0.95, 0.55, len(labels))
        probabilities = np.repeat(((1 - sure) / (K - 1))[:, None], K, axis=1)
        probabilities[np.arange(len(labels)), answers] = sure
        confusion = np.zeros((K, K), int)
        np.add.at(confusion, (labels, answers), 1)
        accuracy = float(np.mean(labels == answers))
        return Outcome(
            Path("runs/demo"),
            Checkpoint(
                network, tuple(classes), Normalisation((0.5,) * channels, (0.3,) * channels)
            ),
            History(epochs_of(epochs, validated), ended),
            Dataset(rng.random((len(labels), *shape)), labels, tuple(classes)),
            Evaluation(0.8, accuracy, probabilities, confusion),
            1.25,
        )

    return make


class Page(HTMLParser):
    """A page's elements and texts; it fails on a tag that is not closed where it must be."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert tag in VOID or "svg" in self.open, f"<{tag}/> is no HTML"
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((tuple(self.open), data.strip()))

    def all(self, tag, **wanted):
        """Attributes of the elements of a tag; ``kind`` is the class."""
        kind = wanted.pop("kind", None)
        return [a for t, a in self.elements if t == tag and kind in (None, a.get("class"))]

    def text_in(self, tag):
        """The texts directly inside a tag, without those in the tags inside."""
        return [text for inside, text in self.texts if inside and inside[-1] == tag and text]


@pytest.fixture
def read():
    return Page
