"""Operators one after the other, against ONNX Runtime: layouts, ranks, constants, batches."""

import numpy as np
import pytest

from stridewise.errors import NetworkError
from stridewise.exchange.onnx import StridewiseBackend, load
from stridewise.exchange.onnx.loading import translate
from tests.exchange.compositions import Composition, disagreement, in_double
from tests.exchange.drawing import runtime

GRAPHS, CHUNK = 160, 20


def of_another_batch(composition, batch):
    rng = np.random.default_rng(0)
    return {
        name: rng.standard_normal((batch, *array.shape[1:])).astype(array.dtype)
        for name, array in composition.feeds.items()
    }


def theirs_of(session, feeds):
    """The runtime's answer to another batch, if the graph has one."""
    try:
        found = session.run(None, feeds)
    except Exception:  # a shape that was told fits one batch only
        return None
    return found if all(np.isfinite(y).all() for y in found) else None


@pytest.mark.parametrize("first", range(0, GRAPHS, CHUNK))
def test_random_graphs(first):
    found, of_another = {}, 0
    for seed in range(first, first + CHUNK):
        composition = Composition(seed)
        model = composition.model()
        session = runtime(model)
        theirs = session.run(None, composition.feeds)
        ours = StridewiseBackend.prepare(model).run(composition.feeds)
        found[seed] = [disagreement(theirs, ours)]
        if composition.symbolic:
            feeds = of_another_batch(composition, 4)
            theirs = theirs_of(session, feeds)
            if theirs is not None:
                found[seed].append(
                    disagreement(theirs, StridewiseBackend.prepare(model).run(feeds))
                )
                of_another += 1
    assert {seed: bad for seed, bad in found.items() if any(bad)} == {}
    assert of_another > 1


def test_the_network_itself_takes_another_batch():
    took = 0
    for seed in range(40):
        composition = Composition(seed)
        model = composition.model()
        feeds = of_another_batch(composition, 5)
        theirs = theirs_of(runtime(model), feeds) if composition.symbolic else None
        translation = translate(model.SerializeToString())
        if theirs is None or translation.graph is None:
            continue
        xs = [feeds[b.name] for b in translation.inputs]
        xs = [
            np.moveaxis(x, 1, -1) if b.last else x
            for x, b in zip(xs, translation.inputs, strict=True)
        ]
        ours = load(model.SerializeToString()).predict(*xs)
        ours = iter(ours if isinstance(ours, tuple) else (ours,))
        full = [b.constant if b.constant is not None else next(ours) for b in translation.outputs]
        turned = [
            np.moveaxis(y, -1, 1) if b.last else y
            for y, b in zip(full, translation.outputs, strict=True)
        ]
        turned = [y.astype(their.dtype) for y, their in zip(turned, theirs, strict=True)]
        assert disagreement(theirs, turned) is None, seed
        took += 1
    assert took > 8


def moved(network, xs, directions, by):
    """Outputs with inputs and parameters moved along the directions."""
    for name, array in network.parameters.items():
        array += by * directions[name]
    inputs = [x + by * directions[place] for place, x in enumerate(xs)]
    ys, _ = network.forward(*inputs)
    for name, array in network.parameters.items():
        array -= by * directions[name]
    return ys if isinstance(ys, tuple) else (ys,)


def test_gradients_of_random_graphs():
    checked = 0
    for seed in range(1000, 1050):
        composition = Composition(seed)
        model = in_double(composition)
        translation = translate(model.SerializeToString()) if model else None
        if translation is None or translation.graph is None:
            continue
        network = translation.graph
        xs = [composition.feeds[b.name].astype(np.float64) for b in translation.inputs]
        xs = [
            np.moveaxis(x, 1, -1) if b.last else x
            for x, b in zip(xs, translation.inputs, strict=True)
        ]
        rng = np.random.default_rng(seed)
        ys, cache = network.forward(*xs)
        grads_y = [rng.standard_normal(y.shape) for y in (ys if isinstance(ys, tuple) else (ys,))]
        try:
            found = network.backward(grads_y if len(grads_y) > 1 else grads_y[0], cache)
        except NetworkError as error:
            assert "no gradient" in str(error)  # noqa: PT017 - some functions have none
            continue
        along = {n: rng.standard_normal(a.shape) for n, a in network.parameters.items()}
        along |= {place: rng.standard_normal(x.shape) for place, x in enumerate(xs)}
        slope = sum((g * along[n]).sum() for n, g in found.parameters.items())
        places = {name: place for place, name in enumerate(network.inputs)}
        slope += sum((g * along[places[n]]).sum() for n, g in found.inputs.items())
        numerical = []
        for step in (1e-6, 1e-8):  # the smaller one, should a kink lie between
            pair = [moved(network, xs, along, by) for by in (step, -step)]
            sides = zip(grads_y, *pair, strict=True)
            numerical.append(sum((g * (a - b)).sum() for g, a, b in sides) / (2 * step))
        errors = [abs(n - slope) / (abs(n) + abs(slope) + 1e-3) for n in numerical]
        assert min(errors) < 1e-4, seed
        checked += 1
    assert checked >= 30
