"""Lets the judges share their adapters, and prints what was compared.

With ``STRIDEWISE_CONFORMANCE=file`` the counts are also written to that file, as JSON.
"""

import json
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))


def pytest_terminal_summary(terminalreporter):
    """Properties reach this process from every worker of pytest-xdist too."""
    counts = {}
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "opinfo":
                engines = counts.get(value["op"], {}).get("engines", [])
                engines = sorted({*engines, *value.get("engines", [])})
                counts[value["op"]] = value | {"engines": engines}
    if not counts:
        return
    terminalreporter.section("compared with PyTorch's own samples")
    for op, count in sorted(counts.items()):
        numbers = f"{count['samples']} samples, {count['compared']} compared"
        tallies = [f"{n} {what}" for what, n in count["out_of_scope"].items()]
        tallies.append(f"{count['gradients']} gradients")
        tallies += [f"{n} {what}" for what, n in count["gradients_out_of_scope"].items()]
        tallies += [f"{n} errors {what}" for what, n in count["errors"].items()]
        terminalreporter.write_line(f"{op}: {numbers}; {'; '.join(tallies)}")
    target = os.environ.get("STRIDEWISE_CONFORMANCE")
    if target:
        Path(target).write_text(json.dumps(dict(sorted(counts.items())), indent=1) + "\n")
