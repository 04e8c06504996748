"""Run Python in a process of its own: what crashes or hangs there is one failed test."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def run_python(*arguments, timeout=120, **environment):
    """Run ``python *arguments`` from the repository's root; gives what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    said = "\n".join(done.stdout.splitlines()[-5:])
    assert done.returncode == 0, f"exit {done.returncode} after:\n{said}\n{done.stderr[-3000:]}"
    return done.stdout
