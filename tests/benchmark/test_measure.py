"""One row: times above zero, ratios, workspace; and what is measured beside rows."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest

from stridewise.benchmark import start_up as starting
from stridewise.benchmark.checking import DisagreementError
from stridewise.benchmark.machine import describe_machine, processor_name
from stridewise.benchmark.measure import Effort, measure
from stridewise.benchmark.multiply_adds import fma_rate
from stridewise.benchmark.peak import Peak, bandwidth, measure_peak, sgemm_rate
from stridewise.benchmark.peers import SciPy
from stridewise.benchmark.scaling import by_batch, by_threads, large_problems
from stridewise.benchmark.shapes import own_shapes
from stridewise.benchmark.start_up import start_up
from stridewise.benchmark.threads import all_threads, limited_to
from stridewise.benchmark.training_steps import NETWORKS, batch_for, measure_training, network
from stridewise.benchmark.workspace import workspace
from stridewise.engines.num_threads import get_num_threads
from stridewise.errors import StridewiseError
from tests.benchmark.rivals import PROBLEMS, Copy, Wrong

ONCE = Effort(1, 0.0)
CONV, POOL = PROBLEMS[0], PROBLEMS[5]


def test_a_row():
    row = measure(CONV, "backward", {"copy": Copy(1)}, ONCE)
    assert (row.set, row.group, row.title) == (CONV.set, CONV.group, CONV.title)
    assert row.seconds > 0
    assert row.ratio("copy") == row.peers["copy"] / row.seconds
    assert row.ratio("torch") is None
    assert row.rate == CONV.operations("backward") / row.seconds
    assert row.share(row.rate * 4) == 0.25
    assert row.share(None) is None


def test_a_pooling_has_no_share_of_multiply_adds():
    row = measure(POOL, "backward", {"copy": Copy(1)}, ONCE)
    assert row.peers == {}
    assert row.share(1e9) is None


def test_a_wrong_peer_stops_the_measuring():
    with pytest.raises(DisagreementError, match=CONV.title):
        measure(CONV, "forward", {"copy": Copy(1), "wrong": Wrong(1)}, ONCE)


def test_workspace_is_what_lies_beside_the_results():
    size = 100_000
    assert workspace(lambda: np.ones(size)) < 10_000
    needed = workspace(lambda: (np.sqrt(np.ones(size)), np.ones(3)))
    assert size * 8 <= needed < size * 8 + 10_000


def test_peak():
    fast = Peak(
        fma_rate(1, 1, 1e-4), fma_rate(2, 1, 1e-4), bandwidth(2, 1, 2**16), sgemm_rate(1, 32)
    )
    assert all(rate > 0 for rate in dataclasses.astuple(fast))
    slow = Peak(None, 1.0, 2 * fast.bandwidth, 1.0)
    assert fast.best(slow) == Peak(None, fast.fma_all, slow.bandwidth, fast.sgemm)


def test_peak_without_the_compiler(monkeypatch):
    for name in ("bandwidth", "sgemm_rate"):
        monkeypatch.setattr(f"stridewise.benchmark.peak.{name}", lambda *_: 1.0)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert measure_peak(1) == Peak(None, None, 1.0, 1.0)


def test_threads_are_given_back():
    before = get_num_threads()
    with limited_to(1):
        assert get_num_threads() == 1
    assert get_num_threads() == before
    assert all_threads() >= 1


def test_threads_without_any_package(monkeypatch):
    monkeypatch.setattr("stridewise.benchmark.threads._pools", lambda: None)
    with limited_to(1):
        pass


def test_scaling():
    found = by_threads(CONV, "forward", 2, ONCE)
    assert found.ratio == found.seconds_1 / found.seconds_all
    grown = by_batch(CONV, "backward", ONCE, batch=(1, 3))
    assert grown.title == "N × 9×7, 4 → 6, 3×3 pad 1"
    assert len(grown.seconds_an_example) == len(grown.workspace) == 2


def test_large_problems():
    large = large_problems([*own_shapes(), *PROBLEMS], most=4)
    work = [problem.operations("forward") for problem in large]
    assert work == sorted(work, reverse=True)
    assert len({problem.group for problem in large}) == 4
    assert large_problems([POOL]) == []


def test_start_up_looks_at_two_processes():
    empty, filled = start_up()
    assert (empty.cache, filled.cache) == ("empty", "filled")
    assert min(empty.importing, empty.forward, filled.backward) > 0
    assert filled.calls == filled.forward + filled.backward


@pytest.mark.parametrize("program", ["raise SystemExit('no luck')", "raise SystemExit(3)"])
def test_a_process_that_fails(monkeypatch, program):
    monkeypatch.setattr(starting, "_PROGRAM", program)
    with pytest.raises(StridewiseError, match=r"received: (no luck|nothing)"):
        start_up()


@pytest.mark.parametrize("name", NETWORKS)
def test_training(name):
    found = measure_training(name, 2, None, ONCE)
    assert found.seconds > 0
    assert found.ratio is None
    assert all(node.layer.options.get("padding") != "same" for node in network(name).nodes)
    x, labels = batch_for(name, 3)
    assert x.shape == (3, *NETWORKS[name][1])
    assert labels.shape == (3,)


def test_the_machine():
    machine = describe_machine(2, [SciPy])
    assert machine.engine == "numpy"
    assert machine.threads == 2
    assert {"stridewise", "python", "numpy", "scipy"} == set(machine.versions)
    assert str(dataclasses.replace(machine, load=None)).count("\n") == 1
    assert "quiet" in str(dataclasses.replace(machine, load=1.5))
    assert "load 0.2 before" in str(dataclasses.replace(machine, load=0.2))
    json.dumps(dataclasses.asdict(machine))


def test_the_processors_name(tmp_path, monkeypatch):
    facts = tmp_path / "cpuinfo"
    facts.write_text("processor : 0\nmodel name\t: Some CPU: 3 GHz\n")
    monkeypatch.setattr(sys, "platform", "linux")
    assert processor_name(facts) == "Some CPU: 3 GHz"
    facts.write_text("processor : 0\n")
    assert processor_name(facts)
    assert processor_name(tmp_path / "none")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert processor_name(facts)


def test_importing_the_command_needs_no_peer_and_no_plots():
    program = (
        "import sys, stridewise.cli.bench; print(set(sys.modules) & "
        "{'torch', 'onnxruntime', 'jax', 'scipy', 'matplotlib', 'llvmlite'})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "set()"
