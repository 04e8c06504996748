"""PyTorch as a peer of ``stridewise bench``: the same numbers, or the bench would not time it."""

import pytest

from stridewise.benchmark import ours
from stridewise.benchmark.checking import check_rival
from stridewise.benchmark.measure import Effort
from stridewise.benchmark.peers import Torch
from stridewise.benchmark.problem import ConvProblem, PoolProblem
from stridewise.benchmark.training_steps import NETWORKS, measure_training
from stridewise.engines import use_engine

pytestmark = pytest.mark.judge

PROBLEMS = [
    ConvProblem("c", 2, (9, 7), (3, 3), (1, 1), (1, 1), 4, 6, (1, 1), 1),
    ConvProblem("c", 2, (9, 8), (3, 2), (2, 1), "same", 4, 6, (1, 1), 2),
    ConvProblem("c", 2, (9,), (3,), (1,), (2,), 4, 6, (2,), 1),
    ConvProblem("c", 2, (9, 8, 7), (3, 1, 2), (2, 1, 1), (1, 0, 0), 3, 6, (1, 1, 1), 3),
    PoolProblem("p", 2, (9, 8), (3, 3), (2, 2), (1, 1), 4, "max"),
    PoolProblem("p", 2, (9, 8), (3, 2), (2, 2), "same", 4, "average"),
    PoolProblem("p", 2, (9, 8), (2, 3), (2, 2), "same", 4, "max"),
    PoolProblem("p", 2, (8, 6, 7), (3, 2, 3), (1, 2, 1), (1, 0, 1), 4, "average"),
]


@pytest.fixture(autouse=True)
def _numpy_engine():
    with use_engine("numpy"):
        yield


@pytest.fixture(scope="module")
def peer():
    import torch

    before = torch.get_num_threads()
    yield Torch(1)
    torch.set_num_threads(before)


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("number", range(len(PROBLEMS)))
def test_it_agrees_in_every_layout(peer, number, direction):
    problem = PROBLEMS[number]
    mine = ours.call(problem, direction)()
    build = peer._forward if direction == "forward" else peer._backward
    for layout in peer._layouts(problem):
        check_rival("torch", problem, direction, mine, build(problem, layout))
    check_rival("torch", problem, direction, mine, peer.rival(problem, direction))


def test_it_leaves_out_what_it_does_not_have(peer):
    far = PoolProblem("p", 2, (6, 6), (3, 3), (1, 1), (2, 2), 4, "max")
    assert peer.rival(far, "forward") is None
    assert peer.rival(far, "backward") is None


@pytest.mark.parametrize("name", NETWORKS)
def test_it_trains_alike(peer, name):
    found = measure_training(name, 4, peer, Effort(1, 0.0))
    assert found.ratio == found.torch / found.seconds
