"""The exercise's code beside a step: run as Python, its lines give the values that stand there."""

import numpy as np
import pytest

from stridewise.traces import record_conv2d, record_pool2d

LINES = """async ([window, mode, at]) => {
    const { codeLines } = await import("stridewise/code");
    const { outputSize, solid } = await import("stridewise/geometry");
    const { Problem } = await import("stridewise/problem");
    const problem = { window: solid(window), inputSize: [1, 9, 9], inputChannels: [0, 1] };
    problem.outputSize = outputSize(problem.window, problem.inputSize);
    return codeLines(new Problem(problem), mode, [0, ...at], "value");
}"""


def traces():
    x = np.arange(2.0 * 81).reshape(1, 9, 9, 2)
    return {
        "plain": record_conv2d(x, np.ones((3, 3, 2, 1)), stride=2, padding=1),
        "dilated": record_conv2d(x, np.ones((3, 3, 2, 1)), stride=2, dilation=2, padding=2),
        "uneven": record_conv2d(x, np.ones((2, 3, 2, 1)), stride=(3, 1), dilation=(2, 1)),
        "max": record_pool2d(x, 3, stride=2),
        "average": record_pool2d(x, (2, 3), kind="average", stride=(2, 1)),
    }


@pytest.mark.parametrize("name", traces())
def test_the_lines_are_python_and_right(open_page, name):
    trace = traces()[name]
    page = open_page(trace)
    (node,) = trace.document["nodes"]
    window = node["window"]
    h, w = 1, 2
    known = {"h": h, "w": w, "i": 0, "c": 0, "n_H": 9, "n_W": 9}
    for axis, at in enumerate("hw"):
        for word, key in (("f", "kernel"), ("stride", "stride"), ("dilation", "dilation")):
            known[word] = known[f"{word}_{at}"] = window[key][axis]
    padded = np.pad(trace.arrays["y/x"], (*window["padding"], (0, 0)))
    known["a_prev_pad"] = padded[None] if window["type"] != "convolution" else padded
    for mode in ("forward", "byInput", *(["byWeight"] if window["type"] == "convolution" else [])):
        lines = page.evaluate(LINES, [window, mode, [h, w]])
        for line, value in lines:
            target, _, expression = (part.strip() for part in line.partition(" = "))
            if target.endswith(("_start", "_end")):
                axis = 0 if target.startswith("vert") else 1
                known |= {"f": window["kernel"][axis], "stride": window["stride"][axis]}
                known["dilation"] = window["dilation"][axis]
                known[target] = eval(expression, {}, known)
                assert known[target] == value, line
            elif target == "a_slice":
                found = eval(expression, {}, known)
                assert found.shape[:2] == tuple(window["kernel"])
                assert value == " × ".join(map(str, window["kernel"]))
        assert lines[0][1] == f"h = {h}"
        assert str(lines[-1][1]).endswith("value")
        code = "\n".join(line for line, _ in lines)
        compile(code, "the exercise", "exec")
