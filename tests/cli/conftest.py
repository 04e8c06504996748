"""The command, run in this process where that tells as much as a process of its own."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from threadpoolctl import threadpool_limits

from stridewise import set_engine
from stridewise.cli.main import main
from stridewise.datasets import digits, shuffled
from stridewise.training import RunOptions, train_run


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Networks this small only wait for one another's threads."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def stridewise(monkeypatch, capsys, tmp_path):
    """Run the command with arguments, in an empty folder, on a terminal of 300 columns."""
    for name in ("FORCE_COLOR", "STRIDEWISE_ENGINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["stridewise", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = (re.sub(r"\x1b\[[0-9;]*m", "", text) for text in capsys.readouterr())
        return SimpleNamespace(code=stopped.value.code or 0, out=out, err=err)

    yield run
    set_engine(None)


@pytest.fixture(scope="session")
def few(tmp_path_factory):
    """200 digits, as a file."""
    data = shuffled(digits(), seed=5).take(range(200))
    path = tmp_path_factory.mktemp("few") / "few.npz"
    np.savez(path, images=data.images, labels=data.labels)
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The folder of a run that knows the digits well enough."""
    folder = tmp_path_factory.mktemp("runs") / "trained"
    with threadpool_limits(1):
        train_run(RunOptions(epochs=2, augment=False), folder)
    return folder


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """A PNG of each digit, light on dark, enlarged; and one that is no picture."""
    folder, data = tmp_path_factory.mktemp("pictures"), digits()
    for label in range(10):
        image = data.images[np.flatnonzero(data.labels == label)[3], ..., 0]
        enlarged = np.kron(image * 255, np.ones((5, 5))).astype(np.uint8)
        Image.fromarray(enlarged).save(folder / f"{label}.png")
        Image.fromarray(255 - enlarged).save(folder / f"ink-{label}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    return folder
