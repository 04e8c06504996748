"""The page's own arithmetic: indices, sums that add up, digits, colours. Evaluated in the page."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from stridewise.explorer.numbers import embedded
from stridewise.layers import AveragePool, Conv1D, Conv3D, GlobalAveragePool, MaxPool
from stridewise.networks import Sequential
from stridewise.traces import record_conv2d, record_network, record_pool2d

CONVOLUTIONS = {
    "plain": ((5, 4, 1), (3, 3, 1, 2), {}),
    "stride leaves a rest": ((8, 7, 2), (3, 2, 2, 3), {"stride": (3, 2)}),
    "padding uneven": ((4, 5, 1), (2, 3, 1, 2), {"padding": ((2, 0), (1, 3))}),
    "dilation": ((9, 8, 2), (3, 2, 2, 2), {"dilation": (2, 3), "padding": 1}),
    "groups": ((5, 5, 6), (2, 2, 2, 9), {"groups": 3, "stride": 2, "padding": "same"}),
    "depthwise": ((6, 4, 3), (3, 1, 1, 6), {"groups": 3, "padding": "same_lower"}),
    "one by one": ((3, 4, 5), (1, 1, 5, 2), {"stride": 2}),
    "all at once": (
        (10, 11, 4),
        (3, 2, 2, 6),
        {"stride": (2, 3), "padding": ((0, 3), (2, 1)), "dilation": (3, 2), "groups": 2},
    ),
}
POOLINGS = {
    "max": (MaxPool, {"kernel_size": (3, 2), "stride": (2, 3), "padding": 1}),
    "max, ceil": (MaxPool, {"kernel_size": 3, "stride": 2, "ceil_mode": True}),
    "max, dilation": (MaxPool, {"kernel_size": 2, "stride": 3, "dilation": (3, 2)}),
    "average": (AveragePool, {"kernel_size": (2, 3), "stride": 1}),
    "average, ceil": (
        AveragePool,
        {"kernel_size": 3, "stride": 3, "padding": 1, "ceil_mode": True},
    ),
    "average, ceil, padding uneven": (
        AveragePool,
        {"kernel_size": 4, "stride": 3, "padding": ((2, 0), (0, 1)), "ceil_mode": True},
    ),
    "average, without padding": (
        AveragePool,
        {"kernel_size": 3, "stride": 2, "padding": ((1, 0), (0, 1)), "count_include_pad": False},
    ),
    "average, ceil, without padding": (
        AveragePool,
        {"kernel_size": 3, "stride": 2, "ceil_mode": True, "count_include_pad": False},
    ),
}

INF, NAN = float("inf"), float("nan")
SUMS = Path(__file__).with_name("sums.js").read_text("utf-8")


def require_sums(page, trace):
    node, x = trace.document["nodes"][0]["name"], trace.document["inputs"][0]
    found = page.evaluate(SUMS, [json.loads(embedded(trace)), None])
    near = {"rtol": 1e-4, "atol": 1e-4}
    assert_allclose(found["y"], trace.arrays[f"y/{node}"].ravel(), **near)
    assert_allclose(found["gradX"], trace.arrays[f"grad/{x}"].ravel(), **near)
    if f"weight/{node}/weight" in trace.arrays:
        by_weight = trace.arrays[f"grad_weight/{node}/weight"]
        assert_allclose(found["gradWeight"], by_weight.ravel(), **near)


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_the_pages_sums_are_the_convolution(page, rng, name):
    shape, kernel, options = CONVOLUTIONS[name]
    x, weight = rng.standard_normal((1, *shape)), rng.standard_normal(kernel)
    bias = rng.standard_normal(kernel[-1])
    y = record_conv2d(x, weight, bias, **options).arrays["y/conv2d"]
    grad_y = rng.standard_normal((1, *y.shape))
    trace = record_conv2d(x, weight, bias, grad_y=grad_y, **options)
    require_sums(page, trace)


@pytest.mark.parametrize("seed", range(12))
def test_random_windows(page, seed):
    rng = np.random.default_rng(seed)
    kernel, stride, dilation = rng.integers(1, [[4], [4], [3]], (3, 2)).tolist()
    padding = rng.integers(0, 3, (2, 2)).tolist()
    groups = int(rng.integers(1, 3))
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    shape = (*(reach + rng.integers(0, 5, 2)).tolist(), 2 * groups)
    x, weight = rng.standard_normal((1, *shape)), rng.standard_normal((*kernel, 2, 2 * groups))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    grad_y = rng.standard_normal(record_conv2d(x, weight, **options).arrays["y/conv2d"].shape)
    require_sums(page, record_conv2d(x, weight, grad_y=grad_y[None], **options))


@pytest.mark.parametrize("name", POOLINGS)
def test_the_pages_shares_are_the_pooling(page, rng, name):
    make, options = POOLINGS[name]
    x = rng.integers(-9, 9, (1, 8, 10, 2)).astype(np.float64)  # with ties
    network = Sequential([make(**options)], x.shape[1:], dtype=np.float64)
    trace = record_network(network, x)
    require_sums(page, trace)
    plain = {"kernel_size", "stride", "padding", "ceil_mode"}
    if set(options) <= plain:
        y = trace.arrays["y/" + trace.document["outputs"][0]]
        kind = "max" if make is MaxPool else "average"
        options = dict(options)
        own = record_pool2d(
            x,
            options.pop("kernel_size"),
            kind=kind,
            grad_y=rng.standard_normal((1, *y.shape)),
            **options,
        )
        require_sums(page, own)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv1D(4, 3, stride=2, padding=1, groups=2), (9, 2)),
        (Conv3D(2, (2, 3, 1), stride=(1, 2, 1), padding=((1, 0), (1, 1), (0, 0))), (3, 5, 4, 2)),
        (MaxPool(2, padding=1), (7, 2)),
        (MaxPool((2, 2, 3), stride=2, ceil_mode=True), (4, 5, 5, 1)),
        (AveragePool((2, 3, 2), padding=1, count_include_pad=False), (3, 4, 5, 2)),
        (GlobalAveragePool(), (3, 4, 2)),
    ],
)
def test_windows_of_one_and_three_axes(page, rng, layer, shape):
    network = Sequential([layer], shape, dtype=np.float64)
    require_sums(page, record_network(network, rng.standard_normal((1, *shape))))


def test_terms_add_up_to_the_sum_shown(page, rng):
    examples = [rng.standard_normal(n) * 10.0 ** rng.integers(-3, 6) for n in range(1, 28)]
    examples += [rng.integers(-40, 40, n) / 16 for n in range(1, 20)]  # halves of a hundredth
    examples += [[-0.125], [0.125, 0.125], [0.615], [-0.005, 0.0, -0.0], [1e-9, -1e-9], [0.0]]
    examples = [[*map(float, terms)] for terms in examples]
    shown = page.evaluate(
        """async (examples) => {
            const { addingUp, fixed } = await import("stridewise/numbers");
            return examples.map((terms) => {
                const sum = terms.reduce((a, b) => a + b, 0);
                return [addingUp(terms, sum), fixed(sum)];
            });
        }""",
        examples,
    )
    for terms, (texts, total) in zip(examples, shown, strict=True):
        rounded = [round(100 * float(text.replace("−", "-"))) for text in texts]
        assert sum(rounded) == round(100 * float(total.replace("−", "-"))), terms
        assert_allclose(rounded, 100 * np.array(terms), atol=1 + 1e-6)


@pytest.mark.parametrize(
    ("value", "short", "full"),
    [
        (NAN, "NaN", "NaN"),
        (INF, "∞", "∞"),
        (-INF, "−∞", "−∞"),
        (-0.0, "0.00", "0"),
        (0.0, "0.00", "0"),
        (1.005, "1.00", "1.005"),
        (-1.5, "−1.50", "−1.5"),
        (float(np.float32(0.1)), "0.10", "0.100000001"),
        (-0.005, "−0.01", "−0.005"),
        (0.004, "4e-3", "0.004"),
        (-1e-7, "−1e-7", "−1e-7"),
        (12345.678, "1.2e4", "12345.678"),
        (-3e20, "−3e20", "−300000000000000000000"),
    ],
)
def test_numbers_for_people(page, value, short, full):
    script = """async (value) => {
        const numbers = await import("stridewise/numbers");
        return [numbers.short(value), numbers.full(value)];
    }"""
    assert page.evaluate(script, value) == [short, full]


def test_numbers_are_read_easily_on_every_colour(page):
    rgb, inks = page.evaluate(
        """async () => {
            const { colour, ink } = await import("stridewise/colours");
            const shares = Array.from({ length: 2001 }, (_, n) => n / 1000 - 1);
            const values = [...shares, NaN, Infinity, -Infinity];
            const colours = values.map((value) => colour(value, 1));
            return [colours, colours.map(ink)];
        }"""
    )
    written = [[int(2 * digit, 16) for digit in ink[1:]] for ink in inks]

    def luminance(colours):
        share = np.array(colours) / 255
        linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722] + 0.05

    paper, text = luminance(rgb), luminance(written)
    assert (np.maximum(paper, text) / np.minimum(paper, text)).min() >= 4.5
