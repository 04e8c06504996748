"""What only a process of its own can show: -m, Ctrl-C, and packages that are not there."""

import json
import os
import signal
import subprocess
import sys

import pytest

from stridewise.training import load_checkpoint


def start(*arguments, **options):
    environment = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "COLUMNS")}
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        **options,
    )


def finished(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_as_a_module(tmp_path):
    code, out, err = finished(start("-m", "stridewise", "engines", cwd=tmp_path))
    assert (code, err) == (0, "")
    assert out.startswith("engine in use: ")


def test_errors_are_no_tracebacks(tmp_path):
    code, out, err = finished(start("-m", "stridewise", "train", "--network", "x", cwd=tmp_path))
    assert code == 1
    assert "Traceback" not in out + err
    assert [line[:10].strip() for line in err.splitlines()] == [
        "network: t",
        "needed:",
        "received",
        "try:",
    ]


def test_ctrl_c_keeps_what_was_learned(few, tmp_path):
    arguments = ("train", "--data", few, "--run", "stopped", "--epochs", "100000")
    process = start("-m", "stridewise", *arguments, cwd=tmp_path)
    try:
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        code, out, err = finished(process)
    finally:
        process.kill()
        process.wait()
    assert [line[:7] for line in lines] == ["engine ", "epoch 1", "epoch 2"]
    assert code == 0
    assert err.startswith("\nstopping after this batch")
    assert len(err.splitlines()) == 2
    assert "Stopped by Ctrl-C. The checkpoint in stopped is whole, and can be used." in out
    assert "test accuracy" in out
    folder = tmp_path / "stopped"
    assert json.loads((folder / "metrics.json").read_text())["ended"] == "interrupted"
    assert "(stopped before the end)" in (folder / "report.html").read_text()
    assert load_checkpoint(folder).classes == tuple("0123456789")


BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == {package!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocker())
import stridewise
from stridewise.cli.main import main

sys.argv = ["stridewise", "engines"]
main()
"""


@pytest.mark.parametrize("package", ["typer", "rich"])
def test_a_package_that_the_command_needs_is_missing(tmp_path, package):
    code, out, err = finished(start("-c", BLOCKED.format(package=package), cwd=tmp_path))
    assert (code, out) == (1, "")
    assert "Traceback" not in err
    assert f"stridewise: the package `{package}" in err
    assert "pip install 'stridewise[train]'" in err
