import subprocess
import sys

from stridewise import datasets


def test_every_public_name_is_there():
    assert datasets.__all__ == sorted(datasets.__all__)
    assert all(hasattr(datasets, name) for name in datasets.__all__)


def test_h5py_and_pillow_are_imported_only_where_needed():
    program = (
        "import sys, stridewise.datasets as d; d.load('digits'); "
        "sys.exit(' '.join({'h5py', 'PIL'} & set(sys.modules)))"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert finished.stderr.strip() == ""
