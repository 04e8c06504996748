"""A JupyterLab of its own: nothing of the user's is read, and nothing outside is asked."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

_START = 60  # seconds that a server may take
_QUIET = {"fetchNews": "false", "checkForUpdates": False}
_OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)


@contextmanager
def running_lab(folder, notebooks):
    """Serve notebooks, each a list of its cells' code; gives what makes an address of a name."""
    home, work = folder / "home", folder / "work"
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(_QUIET))
    work.mkdir()
    for name, cells in notebooks.items():
        (work / name).write_text(json.dumps(notebook(cells)))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = [f"--port={port}", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={work}"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *_OPTIONS, *own],
            env=_own(home),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}/api?token={token}", folder / "log")
            yield lambda name: f"http://127.0.0.1:{port}/lab/tree/{name}?token={token}"
        finally:
            _end(process)


def notebook(cells):
    """A notebook file's content."""
    return {
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _own(home):
    known = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    return known | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "IPYTHONDIR": str(home / "ipython"),
        "STRIDEWISE_ENGINE": "numpy",  # nothing to compile in a home that is new
        # A kernel's frozen modules would be said to slow a debugger down, in the notebook.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _wait(process, address, log):
    until = time.monotonic() + _START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()}")


def _end(process):
    """End the server; it ends its kernels when it is asked to, else they see that it is gone."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
