"""``stridewise bench``: what is measured is tested in tests/benchmark; here the command."""

import pytest

from stridewise.benchmark import run
from stridewise.benchmark.peak import Peak


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "measure_peak", lambda _: Peak(None, None, 1e9, 1e9))
    path = tmp_path / "mine.tsv"
    path.write_text(
        "set\tpooling\tN\tspatial\tC\tkernel\tstride\tpadding\nmine\tmax\t1\t5x4\t3\t2\t2\t0\n"
    )
    return path


def test_bench(stridewise, table, tmp_path):
    arguments = ("--shapes", table, "--peers", "", "--engine", "numpy", "--set", "mine", "--quick")
    ran = stridewise("bench", *arguments)
    assert (ran.code, ran.err) == (0, "")
    assert (
        ran.out.count("max pool 1 × 5×4, 3, 2×2 stride 2") == 4
    )  # as it is measured, and in the table
    assert "engine numpy" in ran.out
    assert ran.out.endswith("runs/bench: bench.txt, bench.json, roofline.png, roofline.svg\n")
    assert len(list((tmp_path / "runs" / "bench").iterdir())) == 4


@pytest.mark.parametrize(
    ("arguments", "first", "hint"),
    [
        (("--peers", "torch, tensorflow"), "there is no peer of that name", "torch"),
        (("--set", "resnet"), "there is no set of that name", "resnet50"),
        (("--direction", "up"), "there is no direction of that name", "forward"),
        (("--engine", "nunpy"), "there is no engine of that name", "numpy"),
        (("--shapes", "none.tsv"), "it cannot be read", "tables"),
        (("--threads", "0"), "`threads` is out of range", "threads=1"),
    ],
)
def test_errors(stridewise, arguments, first, hint):
    ran = stridewise("bench", *arguments)
    assert (ran.code, ran.out) == (1, "")
    what, *_, try_ = ran.err.splitlines()
    assert first in what
    assert hint in try_
