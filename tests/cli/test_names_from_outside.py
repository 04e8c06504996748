"""Names with brackets are names: Rich's markup does not get hold of them."""

import numpy as np
import pytest
from PIL import Image
from typer import Typer
from typer.testing import CliRunner

from stridewise.cli.predict import predict
from stridewise.cli.train import train
from stridewise.datasets import Normalisation
from stridewise.layers import Dense, Flatten
from stridewise.networks import Sequential
from stridewise.training import Checkpoint, save_checkpoint


def run(command, *arguments):
    app = Typer()
    app.command()(command)
    return CliRunner().invoke(
        app, [str(argument) for argument in arguments], env={"COLUMNS": "200"}
    )


@pytest.mark.parametrize("name", ["[/b]x", "cat[old]", "[bold]dog"])
def test_classes_and_files(tmp_path, name):
    network = Sequential([Flatten(), Dense(2)], (4, 4, 1))
    save_checkpoint(tmp_path, Checkpoint(network, (name, "other"), Normalisation((0.5,), (1.0,))))
    file = tmp_path / "a[red]b.png"
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(file)
    result = run(predict, tmp_path, file)
    assert result.exit_code == 0, result.output
    assert name in result.output
    assert "a[red]b.png" in result.output


def test_run_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(train, "--run", "r[red]y", "--epochs", "1", "--batch-size", "500")
    assert result.exit_code == 0, result.output
    assert "stridewise predict r[red]y IMAGE" in result.output


@pytest.mark.parametrize("size", ["16x12", "16X12"])
def test_sizes_reach_the_reader(tmp_path, monkeypatch, size):
    monkeypatch.chdir(tmp_path)
    for label, rows in (("a", 9), ("b", 14)):
        (tmp_path / "data" / label).mkdir(parents=True)
        for n in range(20):
            noise = np.random.default_rng(n + rows).integers(0, 255, (rows, 11), np.uint8)
            Image.fromarray(noise).save(tmp_path / "data" / label / f"{n}.png")
    result = run(train, "--data", "data", "--size", size, "--run", "r", "--epochs", "1")
    assert result.exit_code == 0, result.output
    assert '"input": [\n        16,\n        12,' in (tmp_path / "r/model.json").read_text()
