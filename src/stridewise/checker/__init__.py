"""Check what a learner wrote, and say which mistake it is."""

from stridewise.checker.checked import Checked
from stridewise.checker.checking import check_file
from stridewise.checker.notebook import check

__all__ = ["Checked", "check", "check_file"]
