"""A whole benchmark: its files, its text, its errors; and the command."""

import json
import xml.etree.ElementTree as ET

import pytest

from stridewise.benchmark import BenchOptions, as_text, run, run_benchmark
from stridewise.benchmark.machine import describe_machine
from stridewise.benchmark.measure import Effort, Row
from stridewise.benchmark.peak import Peak
from stridewise.benchmark.results import Results
from stridewise.benchmark.roofline import draw_roofline
from stridewise.benchmark.start_up import StartUp
from stridewise.errors import MissingExtraError, OptionError, RunError
from tests.benchmark.rivals import Absent, Copy

PEAK = Peak(50e9, 100e9, 20e9, 80e9)
ROWS = (
    ("set", "N", "spatial", "C_in", "C_out", "kernel", "stride", "padding", "dilation", "groups"),
    ("one", "1", "9x7", "4", "6", "3", "1", "1", "1", "1"),
    ("two", "2", "9", "3", "5", "3", "1", "1", "1", "1"),
)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mine.tsv"
    path.write_text("\n".join("\t".join(row) for row in ROWS))
    return path


@pytest.fixture(autouse=True)
def _quickly(monkeypatch):
    """The peers of the tests; no more rounds than one."""
    monkeypatch.setattr(run, "PEERS", {"copy": Copy, "absent": Absent})
    monkeypatch.setattr(run, "measure_peak", lambda _: PEAK)
    monkeypatch.setattr(run, "Effort", lambda *_: Effort(1, 0.0))
    monkeypatch.setattr(run, "_TRAINING_BATCH", 2)
    monkeypatch.setattr(run, "NETWORKS", ["lenet5"])
    monkeypatch.setattr(run, "start_up", lambda: [StartUp("empty", 0.1, 0.2, 0.3)])


def test_everything(table, tmp_path):
    said = []
    options = BenchOptions(("copy", "absent"), table, threads=2)
    results = run_benchmark(options, tmp_path / "a" / "b", said.append)
    folder = tmp_path / "a" / "b"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("bench.json", "bench.txt", "roofline.png", "roofline.svg")
    ]
    assert (folder / "bench.txt").read_text(encoding="utf-8") == as_text(results)
    assert ET.parse(folder / "roofline.svg").getroot().tag.endswith("svg")
    assert (folder / "roofline.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((folder / "bench.json").read_text())
    assert [(row["title"], row["direction"]) for row in found["rows"]] == [
        ("1 × 9×7, 4 → 6, 3×3 pad 1", "forward"),
        ("1 × 9×7, 4 → 6, 3×3 pad 1", "backward"),
        ("2 × 9, 3 → 5, 3 pad 1", "forward"),
        ("2 × 9, 3 → 5, 3 pad 1", "backward"),
    ]
    assert all(row["ratios"].keys() == {"copy"} for row in found["rows"])
    assert found["missing_peers"] == {"absent": "pip install no_such_package nor_this"}
    assert [len(found[name]) for name in ("threads", "batches", "training", "start_up")] == [
        *(4, 4, 1, 1)
    ]
    assert "absent is not installed: pip install no_such_package nor_this" in said
    assert sum("9×7" in line for line in said) == 2


def test_quick_and_narrow(table, tmp_path):
    options = BenchOptions(("copy",), table, "forward", "two", 1, quick=True)
    results = run_benchmark(options, tmp_path)
    assert [(row.set, row.direction) for row in results.rows] == [("two", "forward")]
    assert not results.training
    assert not results.start_up


def test_quick_takes_one_row_a_class():
    problems, directions, threads = run._checked(BenchOptions(("copy",), quick=True))
    groups = [problem.group for problem in problems]
    assert len(groups) == len(set(groups)) == 8
    assert directions == ["forward", "backward"]
    assert threads >= 1


def test_no_peer_at_all(table, tmp_path):
    results = run_benchmark(BenchOptions((), table, quick=True), tmp_path)
    assert results.peers() == results.summaries() == results.losses() == []
    assert "lose" not in as_text(results)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (BenchOptions(("torch",)), "no peer of that name"),
        (BenchOptions((), direction="backwards"), "(?s)no direction of that name.*'backward'"),
        (BenchOptions((), set="resnet"), "no set of that name"),
        (BenchOptions((), threads=0), "`threads` is out of range"),
    ],
)
def test_wrong_options(tmp_path, options, said):
    with pytest.raises(OptionError, match=said):
        run_benchmark(options, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_a_file(table, tmp_path):
    with pytest.raises(RunError, match="--output: the folder cannot be made"):
        run_benchmark(BenchOptions((), table), table)


def test_without_matplotlib(table, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"stridewise\[bench\]"):
        run_benchmark(BenchOptions((), table), tmp_path)


def row(title, direction, seconds, group="1×1", **peers):
    return Row("s", group, title, direction, 8 * 10**9, 10**6, True, seconds, 2**20, peers)


def results(*rows, peak=PEAK):
    return Results(describe_machine(2, []), peak, {}, rows)


def test_means_and_losses_by_hand():
    found = results(
        row("a", "forward", 1.0, copy=4.0),
        row("b", "forward", 2.0, copy=2.0, other=1.0),
        row("c", "forward", 1.0),
        row("a", "backward", 1.0, copy=0.25),
    )
    forward, other, backward = found.summaries()
    assert (forward.peer, forward.rows, forward.mean, forward.least) == ("copy", 2, 2.0, 1.0)
    assert (other.peer, other.rows, other.mean, other.least) == ("other", 1, 0.5, 0.5)
    assert (backward.direction, backward.rows, backward.mean) == ("backward", 1, 0.25)
    # As fast as the peer is not lost.
    assert [(loss.title, loss.peer, loss.ratio) for loss in found.losses()] == [
        ("a", "copy", 0.25),
        ("b", "other", 0.5),
    ]
    text = as_text(found)
    assert "rows that lose to a peer: 2" in text
    (line,) = (line for line in text.splitlines() if line.startswith("a ") and "forward" in line)
    assert line.split() == ["a", "forward", "1000.0000", "8.0", "8%", "1.0", "4.00", "-"]


def test_text_where_nothing_is_lost_and_nothing_is_known():
    text = as_text(results(row("a", "forward", 1.0, copy=2.0), peak=Peak(None, None, 1e9, 1e9)))
    assert "no row loses to any peer" in text
    assert "pip install llvmlite" in text
    assert "%" not in text


def test_a_roof_without_its_top(tmp_path):
    found = results(row("a", "forward", 1.0), peak=Peak(None, None, 1e9, 1e9))
    assert all(path.stat().st_size for path in draw_roofline(found, tmp_path))
