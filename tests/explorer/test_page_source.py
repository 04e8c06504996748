"""Where the page's numbers come from: parts of arrays, and how long it remembers them."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.traces import Trace, record_network
from tests.explorer.serving import serving, subject

PARTS = [(0, -1, 1), (0, -1, 3), (1, 4, 1), (2, 99, 2), (7, 9, 5)]
# As page/main.js makes it; what it asks for first is the trace.
ASK = """async ([name, ...part]) => {
    const { EmbeddedSource, ServerSource } = await import("stridewise/source");
    const content = document.getElementById("content");
    const token = new URLSearchParams(location.search).get("token");
    const source = content
        ? new EmbeddedSource(JSON.parse(content.textContent))
        : new ServerSource(token);
    await source.trace();
    const found = await source.array(name, ...part);
    return found && [found.shape, [...found.data]];
}"""


@pytest.fixture(scope="module")
def trace():
    """Of a network that shows arrays of no, one, two, three and four axes."""
    chosen = subject()
    trace = record_network(chosen.network, *chosen.inputs, element=2)
    plain = np.arange(24, dtype=np.float32)
    extra = {"y/none": plain[5], "y/two": plain.reshape(6, 4), "y/empty": plain[:0].reshape(0, 3)}
    arrays = {**trace.arrays, **extra}
    document = {**trace.document, "scales": {**trace.document["scales"], **dict.fromkeys(extra, 1)}}
    return Trace(document, arrays)


@pytest.mark.parametrize("kind", ["a file", "a server"])
def test_parts_of_arrays(open_page, trace, kind):
    page = open_page(trace if kind == "a file" else serving(trace))
    names = ["y/none", "y/dense_1", "y/two", "y/empty", "y/conv2d_1", "weight/conv2d_2/weight"]
    for name in names:
        for first, last, step in PARTS:
            wanted = trace.arrays[name]
            if wanted.ndim and last >= 0:
                wanted = wanted[..., first:last]
            wanted = wanted[(slice(None, None, step),) * (wanted.ndim - 1)]
            shape, data = page.evaluate(ASK, [name, first, last, step])
            assert tuple(shape) == wanted.shape, (name, first, last, step)
            assert_array_equal(np.array(data, np.float32).reshape(shape), wanted)
    assert page.evaluate(ASK, ["y/nobody"]) is None


def test_it_remembers_what_was_used_last_up_to_a_size(open_page, trace):
    page = open_page(trace)
    asked = page.evaluate(
        """async () => {
            const { Remembered } = await import("stridewise/remembered");
            const known = new Remembered(3 * 40);
            const asked = [];
            const load = (key) => async () => {
                asked.push(key);
                if (key === "broken") throw new Error("once");
                return { data: new Float32Array(key === "large" ? 99 : 10) };
            };
            for (const key of ["a", "b", "c", "a", "d", "a", "b"]) await known.get(key, load(key));
            for (const key of ["broken", "broken"]) await known.get(key, load(key)).catch(() => 0);
            await known.get("large", load("large"));
            await known.get("a", load("a"));
            known.clear();
            await Promise.all(["a", "a"].map((key) => known.get(key, load(key))));
            return [asked.join(" "), known.size, known.kept.size];
        }"""
    )
    assert asked == ["a b c d b broken broken large a a", 40, 1]
