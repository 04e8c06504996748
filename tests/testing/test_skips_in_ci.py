"""The hook in tests/conftest.py: a skipped test is a failure when CI is set."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS_ONE_TEST = "import pytest\n\n\n@pytest.mark.skip\ndef test_it():\n    pass\n"
SKIPS_THE_MODULE = "import pytest\n\npytest.skip('all', allow_module_level=True)\n"


def run_pytest(folder, source, **environment):
    shutil.copy(Path(__file__).parents[1] / "conftest.py", folder / "conftest.py")
    (folder / "test_skipping.py").write_text(source)
    clean = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, folder],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("source", [SKIPS_ONE_TEST, SKIPS_THE_MODULE], ids=["test", "module"])
def test_a_skip_fails_in_ci(tmp_path, source):
    run = run_pytest(tmp_path, source, CI="true")
    assert run.returncode != 0
    assert "skipped, which is a failure when CI is set" in run.stdout


def test_a_skip_is_a_skip_elsewhere(tmp_path):
    run = run_pytest(tmp_path, SKIPS_ONE_TEST)
    assert (run.returncode, "1 skipped" in run.stdout) == (0, True)
