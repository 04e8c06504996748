"""Write docs/conformance.md: what the suites, networks and samples of others say.

``STRIDEWISE_CONFORMANCE=opinfo.json make judge`` counts PyTorch's samples, then
``python -m docs.conformance opinfo.json`` writes the page. Tests compare its tables with what they
find, row by row.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from stridewise.exchange.onnx.backend import StridewiseRep
from stridewise.exchange.onnx.loading import translate
from tests.exchange.networks import LIGHT, TRAINED, light, trained
from tests.exchange.suites import DIFFERENCES as ONNX_DIFFERENCES
from tests.exchange.suites import cases, counted
from tests.judges.opinfo_adapters.differences import DIFFERENCES as TORCH_DIFFERENCES
from tests.judges.opinfo_adapters.page import row

PAGE = Path(__file__).with_name("conformance.md")

FOUND = """\
## Wrong or doubtful answers found in the judges

| judge | case | what it says | why we differ |
|---|---|---|---|
| PyTorch 2.13.0 with oneDNN | float32 convolutions of odd sizes | crashes | the judges run without oneDNN |
| PyTorch 2.13.0 | gradient of `hardsigmoid` in float64 | off by 1e-8 | its 1/6 is a float32 number; central differences agree with ours |
| PyTorch 2.13.0 | gradient of `celu` in float64 | off by 3e-8 | as above |
| PyTorch 2.13.0 | gradient of `layer_norm` over one element | rounding noise of 1e-4 | it is 0 |
| PyTorch 2.13.0 | `lp_pool` with an odd norm of negative numbers | NaN or a negative length | a norm takes absolute values: ONNX LpPool |
| onnx 1.23.2, reference evaluator | LRN with a batch unlike the channels | normalises over the batch's count | ONNX Runtime and PyTorch agree with ours |
| onnx 1.23.2 and ONNX Runtime 1.31.1 | ConvTranspose, SAME with a negative total padding | two different answers | we give size × stride, so that it stays the adjoint of the convolution |
| ONNX Runtime 1.31.1 | MaxUnpool with `output_shape` | counts indices in that shape | ONNX's own case counts them in the shape that the window gives |
| ONNX Runtime 1.31.1 | Resize `align_corners` with a fractional scale | takes the whole width | ONNX's own cases take the fractional one |
| ONNX Runtime 1.31.1 | LRN with an even size | refuses it | ONNX defines it |
"""


def suites() -> str:
    """ONNX's suites: cases, passed, out of scope."""
    lines = ["| suite | cases | passed | differ | out of scope |", "|---|---|---|---|---|"]
    differ = {case.suite: 0 for case in cases()}
    for case in cases():
        differ[case.suite] += case.name in ONNX_DIFFERENCES
    for suite, count in counted().items():
        inside, total = count["in scope"], sum(count.values())
        lines.append(
            f"| ONNX {suite} | {total} | {inside - differ[suite]} | {differ[suite]} "
            f"| {total - inside} |"
        )
    lines.append(f"| ONNX real: nine whole networks | {len(LIGHT)} | {len(LIGHT)} | 0 | 0 |")
    reasons: dict[str, int] = {}
    for count in counted().values():
        for reason, number in count.items():
            if reason != "in scope":
                reasons[reason] = reasons.get(reason, 0) + number
    lines += ["", "Out of scope, and refused on loading:", ""]
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    lines += [f"- {reason}: {number}" for reason, number in ordered]
    lines += ["", "Different:", ""]
    lines += [f"- `{name}`: {why}" for name, why in ONNX_DIFFERENCES.items()]
    return "\n".join(lines)


def operators() -> str:
    """Cases of ONNX's suites by operator, where a case is about one operator."""
    single: dict[str, list[int]] = {}
    for case in cases():
        if len(case.operators) == 1:
            tally = single.setdefault(case.operators[0], [0, 0])
            tally[0] += 1
            tally[1] += case.reason is None and case.name not in ONNX_DIFFERENCES
    lines = ["| operator | cases | passed |", "|---|---|---|"]
    lines += [f"| {name} | {n} | {ok} |" for name, (n, ok) in sorted(single.items()) if ok]
    return "\n".join(lines)


def networks() -> str:
    """The largest deviation of whole networks from ONNX Runtime, on one random image."""
    lines = [
        "| network | largest number | largest deviation | of the largest number |",
        "|---|---|---|---|",
    ]
    rng = np.random.default_rng(0)
    models = [(name, lambda n=name: light(n).SerializeToString(), (224, 224)) for name in LIGHT]
    sizes = {"detection": (736, 736), "recognition": (48, 320), "direction": (48, 192)}
    models += [
        (f"PP-OCR {name}", lambda n=name: trained(n).read_bytes(), sizes[name]) for name in TRAINED
    ]
    for name, read, size in models:
        model = read()
        rep = StridewiseRep(translate(model))
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        x = rng.standard_normal((1, 3, *size)).astype(np.float32)
        (theirs,) = session.run(None, {rep.translation.inputs[0].name: x})
        (ours,) = rep.run([x])
        deviation, largest = np.abs(ours - theirs).max(), np.abs(theirs).max()
        lines.append(f"| {name} | {largest:.2g} | {deviation:.1e} | {deviation / largest:.1e} |")
    return "\n".join(lines)


def opinfo(counts: Mapping[str, Mapping[str, Any]]) -> str:
    """PyTorch's samples by operator, and where we differ on purpose."""
    lines = [
        "| operator | samples | compared | gradients compared | out of scope "
        "| errors refused too | accepted on purpose | errors out of scope |",
        "|---|---|---|---|---|---|---|---|",
        *(row(count) for count in counts.values()),
    ]
    reasons: dict[str, int] = {}
    for count in counts.values():
        for reason, number in count["out_of_scope"].items():
            reasons[reason] = reasons.get(reason, 0) + number
    lines += ["", "Out of scope:", ""]
    lines += [f"- {why}: {n}" for why, n in sorted(reasons.items(), key=lambda p: (-p[1], p[0]))]
    lines += [
        "",
        "Accepted on purpose:",
        "",
        "| operator | what | why |",
        "|---|---|---|",
        *(f"| {d.op} | {d.what} | {d.why} |" for d in TORCH_DIFFERENCES),
    ]
    return "\n".join(lines)


def render(counts: Mapping[str, Mapping[str, Any]]) -> str:
    """The page."""
    return f"""\
# Conformance

Written by `python -m docs.conformance`; tests compare the tables with what they find.

## ONNX's suites

onnx 1.23.2, through its own `BackendTest`; `pytest tests/exchange/test_onnx_suites.py`.

{suites()}

By operator, of cases with one operator:

{operators()}

## Whole networks

Against ONNX Runtime 1.31.1: nine architectures with random weights (onnx's files have all weights equal), and the three networks of
rapidocr-onnxruntime 1.4.4; `pytest tests/exchange/test_networks.py` also takes photographs and pages of text, and one network layer by layer.

{networks()}

## PyTorch's own samples

PyTorch 2.13.0's OpInfo, float32 and float64, values and gradients; `make judge`.

{opinfo(counts)}

## Fuzz

`make test` tries 500 random problems, `make fuzz` 60,000: engines against each other, plain loops, SciPy, ONNX Runtime.

{FOUND}"""


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # onnx makes some references by dividing by zero
        counts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        PAGE.write_text(render(counts), encoding="utf-8")
    print(f"wrote {PAGE}")
