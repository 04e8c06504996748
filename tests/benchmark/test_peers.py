"""Peers compute what Stridewise does, or say that they do not have it."""

import dataclasses

import pytest

from stridewise.benchmark import ours
from stridewise.benchmark.checking import DisagreementError, check_rival, distance
from stridewise.benchmark.peers import PEERS, OnnxRuntime, SciPy
from stridewise.benchmark.problem import PoolProblem
from tests.benchmark.rivals import PROBLEMS, Absent, Copy, Misshapen, Wrong

BY_TITLE = {problem.title: problem for problem in PROBLEMS}
# Strides, dilations and groups; and a last window whose centre is in the padding.
SCIPY_LACKS = {PROBLEMS[number].title for number in (1, 3, 4, 8)}
CONV, POOL = PROBLEMS[0], PROBLEMS[5]


@pytest.fixture(scope="module")
def peers():
    return {"onnxruntime": OnnxRuntime(1), "scipy": SciPy(1)}


@pytest.mark.parametrize("title", BY_TITLE)
@pytest.mark.parametrize("name", ["onnxruntime", "scipy"])
def test_they_agree(peers, name, title):
    problem, peer = BY_TITLE[title], peers[name]
    rival = peer.rival(problem, "forward")
    if rival is None:
        assert name == "scipy"
        assert title in SCIPY_LACKS
    else:
        assert name != "scipy" or title not in SCIPY_LACKS
        check_rival(name, problem, "forward", ours.call(problem, "forward")(), rival)
    assert peer.rival(problem, "backward") is None


def test_scipy_leaves_out_what_it_does_not_have(peers):
    large = dataclasses.replace(CONV, N=64, size=(200, 200))
    assert peers["scipy"].forward(large) is None
    outside = PoolProblem("p", 2, (4, 4), (3, 3), (1, 1), (2, 2), 4, "max")
    assert peers["scipy"].forward(outside) is None


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_wrong_peer_is_an_error_that_names_the_row(direction):
    mine = ours.call(CONV, direction)()
    check_rival("copy", CONV, direction, mine, Copy(1).rival(CONV, direction))
    said = rf"(?s){CONV.title}, {direction}: wrong computes something else.*received: "
    with pytest.raises(DisagreementError, match=said):
        check_rival("wrong", CONV, direction, mine, Wrong(1).rival(CONV, direction))


def test_a_peer_of_another_shape():
    mine = ours.call(POOL, "forward")()
    with pytest.raises(
        DisagreementError, match=r"shape \(2, 5, 4, 4\)\n  received: \(1, 5, 4, 4\)"
    ):
        check_rival("misshapen", POOL, "forward", mine, Misshapen(1).rival(POOL, "forward"))


def test_a_nan_is_far_away(rng):
    x = rng.standard_normal(5)
    assert distance(x, x) == distance(0 * x, 0 * x) == 0
    assert not distance(x, x * float("nan")) <= 1


def test_what_is_installed():
    assert Absent.version() == ""
    assert not Absent.is_installed()
    assert Absent.install_command() == "pip install no_such_package nor_this"
    assert OnnxRuntime.install_command() == "pip install onnxruntime onnx"
    assert OnnxRuntime.version().count(".") == 2
    assert list(PEERS) == ["torch", "onnxruntime", "jax", "scipy"]


def test_a_version_that_nobody_knows(monkeypatch):
    monkeypatch.setattr(Copy, "packages", ("stridewise.benchmark",))
    assert Copy.version() == "of unknown version"
