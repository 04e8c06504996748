"""Write docs/operations.md: what there is, found out by running it.

``python docs/operations.py`` writes the page; a test compares it with what the code does now.
Every entry has an example; ranks, gradients, engines and dtypes are what the example shows, and
only the names in other libraries are written by hand.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import stridewise as sw
from stridewise import engines, layers
from stridewise.exchange.onnx.operators import TRANSLATORS
from stridewise.layers.functions import FUNCTIONS
from stridewise.layers.functions.settings import accepted

PAGE = Path(__file__).with_name("operations.md")
ENGINES = ("loops", "numpy", "compiled")


class Entry(NamedTuple):
    """An operation, an example for a number of spatial axes, and what others call it."""

    name: str
    example: Callable[[int], tuple[tuple[Any, ...], dict[str, Any]]]
    pytorch: str
    keras: str
    onnx: str
    spatial: bool = True


def _x(rank: int, channels: int = 4) -> Any:
    return np.linspace(-1, 1, 2 * 6**rank * channels).reshape(2, *(6,) * rank, channels)


def _w(rank: int, C_in: int = 4, C_out: int = 3) -> Any:
    return np.linspace(-1, 1, 2**rank * C_in * C_out).reshape(*(2,) * rank, C_in, C_out)


def _one(*others: Any, **options: Any) -> Callable[[int], Any]:
    return lambda rank: ((_x(rank), *others), options)


_C = np.linspace(0.5, 1.5, 4)
_LABELS = np.array([0, 3])

ENTRIES = [
    Entry("conv", lambda r: ((_x(r), _w(r)), {}), "conv{}d", "Conv{}D", "Conv"),
    Entry(
        "conv_transpose",
        lambda r: ((_x(r), _w(r, 3, 4)), {}),
        "conv_transpose{}d",
        "Conv{}DTranspose",
        "ConvTranspose",
    ),
    Entry(
        "deform_conv",
        lambda r: ((_x(r), np.zeros((2, *(5,) * r, 2**r * r)), _w(r)), {}),
        "torchvision deform_conv2d",
        "–",
        "DeformConv",
    ),
    Entry("max_pool", _one(2), "max_pool{}d", "MaxPooling{}D", "MaxPool"),
    Entry("avg_pool", _one(2), "avg_pool{}d", "AveragePooling{}D", "AveragePool"),
    Entry("lp_pool", _one(2), "lp_pool{}d", "–", "LpPool"),
    Entry(
        "adaptive_avg_pool",
        _one(4),
        "adaptive_avg_pool{}d",
        "AdaptiveAveragePooling{}D",
        "–",
    ),
    Entry("adaptive_max_pool", _one(4), "adaptive_max_pool{}d", "AdaptiveMaxPooling{}D", "–"),
    Entry(
        "max_unpool",
        lambda r: ((_x(r), np.broadcast_to(_places(r), _x(r).shape), 2), {}),
        "max_unpool{}d",
        "–",
        "MaxUnpool",
    ),
    Entry("global_avg_pool", _one(), "mean", "GlobalAveragePooling{}D", "GlobalAveragePool"),
    Entry("global_max_pool", _one(), "amax", "GlobalMaxPooling{}D", "GlobalMaxPool"),
    Entry("pad", _one(1, mode="reflect"), "pad", "ZeroPadding{}D", "Pad"),
    Entry("unfold", _one(2), "unfold", "ops.extract_patches", "–"),
    Entry("fold", lambda r: ((_rows(r), (6,) * r, 2), {}), "fold", "–", "Col2Im"),
    Entry("resize", _one(9, mode="linear"), "interpolate", "Resizing, UpSampling{}D", "Resize"),
    Entry("depth_to_space", _one(1), "–", "ops.depth_to_space", "DepthToSpace"),
    Entry("space_to_depth", _one(2), "–", "ops.space_to_depth", "SpaceToDepth"),
    Entry("pixel_shuffle", _one(1), "pixel_shuffle", "–", "DepthToSpace (CRD)"),
    Entry("pixel_unshuffle", _one(2), "pixel_unshuffle", "–", "SpaceToDepth (CRD)"),
    Entry("batch_norm", _one(_C, _C), "batch_norm", "BatchNormalization", "BatchNormalization"),
    Entry("layer_norm", _one(_C, _C), "layer_norm", "LayerNormalization", "LayerNormalization"),
    Entry(
        "group_norm",
        _one(_C, _C, groups=2),
        "group_norm",
        "GroupNormalization",
        "GroupNormalization",
    ),
    Entry(
        "instance_norm",
        _one(_C, _C),
        "instance_norm",
        "GroupNormalization(groups=-1)",
        "InstanceNormalization",
    ),
    Entry("rms_norm", _one(_C), "rms_norm", "RMSNormalization", "RMSNormalization"),
    Entry("local_response_norm", _one(3), "local_response_norm", "–", "LRN"),
    *(
        Entry(name, _one(*others), torch, keras, onnx, spatial=False)
        for name, others, torch, keras, onnx in [
            ("relu", (), "relu", "relu", "Relu"),
            ("leaky_relu", (), "leaky_relu", "leaky_relu", "LeakyRelu"),
            ("prelu", (_C,), "prelu", "PReLU", "PRelu"),
            ("thresholded_relu", (), "threshold", "threshold", "ThresholdedRelu"),
            ("elu", (), "elu", "elu", "Elu"),
            ("selu", (), "selu", "selu", "Selu"),
            ("celu", (), "celu", "celu", "Celu"),
            ("gelu", (), "gelu", "gelu", "Gelu"),
            ("silu", (), "silu", "silu", "Swish"),
            ("mish", (), "mish", "mish", "Mish"),
            ("softplus", (), "softplus", "softplus", "Softplus"),
            ("softsign", (), "softsign", "softsign", "Softsign"),
            ("sigmoid", (), "sigmoid", "sigmoid", "Sigmoid"),
            ("hard_sigmoid", (), "hardsigmoid", "hard_sigmoid", "HardSigmoid"),
            ("hard_swish", (), "hardswish", "hard_silu", "HardSwish"),
            ("tanh", (), "tanh", "tanh", "Tanh"),
            ("erf", (), "erf", "ops.erf", "Erf"),
            ("clip", (-0.5, 0.5), "clamp", "ops.clip", "Clip"),
            ("softmax", (), "softmax", "softmax", "Softmax"),
            ("log_softmax", (), "log_softmax", "log_softmax", "LogSoftmax"),
        ]
    ),
    Entry(
        "linear",
        lambda r: ((_x(r).reshape(-1, 4), np.ones((4, 3)), np.ones(3)), {}),
        "linear",
        "Dense",
        "Gemm",
        spatial=False,
    ),
    Entry("dropout", _one(0.5, seed=1), "dropout", "Dropout", "Dropout", spatial=False),
    Entry(
        "cross_entropy",
        lambda _: ((np.ones((2, 4)), _LABELS), {}),
        "cross_entropy",
        "SparseCategoricalCrossentropy",
        "–",
        spatial=False,
    ),
    Entry(
        "binary_cross_entropy_with_logits",
        lambda _: ((np.ones((2, 4)), np.ones((2, 4))), {}),
        "binary_cross_entropy_with_logits",
        "BinaryCrossentropy",
        "–",
        spatial=False,
    ),
    Entry(
        "mse_loss",
        lambda _: ((np.ones((2, 4)), np.zeros((2, 4))), {}),
        "mse_loss",
        "MeanSquaredError",
        "–",
        spatial=False,
    ),
    Entry(
        "huber_loss",
        lambda _: ((np.ones((2, 4)), np.zeros((2, 4))), {}),
        "huber_loss",
        "Huber",
        "–",
        spatial=False,
    ),
]


# Layers that are not called as their block is, in other letters.
LAYERS = {
    "avg_pool": "AveragePool",
    "global_avg_pool": "GlobalAveragePool",
    "adaptive_avg_pool": "AdaptiveAveragePool",
    "linear": "Dense",
    "pixel_shuffle": 'DepthToSpace(mode="CRD")',
    "pixel_unshuffle": 'SpaceToDepth(mode="CRD")',
    "rms_norm": "RMSNorm",
}


def _places(rank: int) -> Any:
    grid = np.arange(6**rank).reshape(*(6,) * rank)
    return grid[None, ..., None]


def _rows(rank: int) -> Any:
    return sw.unfold(_x(rank), 2)


def render() -> str:
    """The page."""
    names = [name for name in ENGINES if name in engines.engine_info().available]
    lines = [
        "# Operations",
        "",
        "Written by `python docs/operations.py`, which runs every one of them; do not edit.",
        "",
        "A ✓ under an engine: the example, forward and backward, agrees there with all others.",
        "float16 computes in float32; integers are taken as float64.",
        "",
        f"| operation | axes | backward | {' | '.join(names)} | dtypes "
        "| layer | PyTorch | Keras | ONNX |",
        f"|---|---|---|{'---|' * len(names)}---|---|---|---|---|",
        *(_row(entry, names) for entry in ENTRIES),
        "",
        "Depthwise and grouped convolution are `groups=` of `conv`; a dilated one is `dilation=`.",
        "",
        "## Functions of a graph (`layers.Operation`)",
        "",
        "What `Operation(function, settings)` takes: arrays by their place, settings by their",
        "name; † as an array or as a setting. A setting without a default must be there.",
        "`…`: options of the block, too.",
        "",
        "| function | arrays | settings | gradient |",
        "|---|---|---|---|",
        *map(_function_row, sorted(FUNCTIONS)),
        "",
        "## ONNX operators that `stridewise.exchange.onnx.load` reads",
        "",
        f"{len(TRANSLATORS)} operators, of opset 6 and newer. Tensors of float16, float32,",
        "float64, bool and integers of 8 to 64 bits are read; bfloat16, floats of 8 bits and",
        "numbers of 4 are not.",
        "",
        ", ".join(f"`{name}`" for name in sorted(TRANSLATORS)) + ".",
        "",
    ]
    return "\n".join(lines)


def _row(entry: Entry, names: list[str]) -> str:
    ranks = [rank for rank in (1, 2, 3) if _function(entry.name, rank)]
    by_rank = f"`{entry.name}{{1,2,3}}d`" if hasattr(sw, f"{entry.name}2d") else f"`{entry.name}`"
    results = {name: [_run(entry, rank, name) for rank in ranks] for name in names}
    cells = [
        by_rank,
        ", ".join(f"{rank}-D" for rank in ranks) if entry.spatial else "any",
        "✓" if _function(entry.name, 2, "_backward") else "",
        *("✓" if _agree(results[name], results[names[0]]) else "✗" for name in names),
        _dtypes(entry),
        _named(_layer(entry.name)),
        _named(entry.pytorch),
        _named(entry.keras),
        _named(entry.onnx),
    ]
    return f"| {' | '.join(cells)} |"


def _function_row(name: str) -> str:
    arrays, settings, _, is_open = accepted(name)
    cells = [
        f"`{name}`",
        ", ".join(f"`{array}`{'†' * (array in settings)}" for array in arrays) or "–",
        ", ".join([*(_setting(*pair) for pair in settings.items()), *["…"] * is_open]) or "–",
        "✓" if FUNCTIONS[name].backward else "–",
    ]
    return f"| {' | '.join(cells)} |"


def _setting(name: str, default: object) -> str:
    return f"`{name}`" if default is inspect.Parameter.empty else f"`{name}={default!r}`"


def _layer(name: str) -> str:
    """The layer of a block; activations have one in common."""
    camel = name.title().replace("_", "")
    called = {layer.lower(): layer for layer in layers.__all__}
    if name in LAYERS:
        return LAYERS[name]
    if camel.lower() in called:
        return called[camel.lower()]
    if hasattr(layers, f"{camel}2D"):
        return f"{camel}{{}}D"
    try:
        layers.Activation(name)
    except sw.StridewiseError:
        return "–"
    return f'Activation("{name}")'


def _named(name: str) -> str:
    return name if name == "–" else f"`{name.replace('{}', 'N')}`"


def _function(name: str, rank: int, suffix: str = "") -> Callable[..., Any] | None:
    return getattr(sw, f"{name}{rank}d{suffix}", None) or getattr(sw, f"{name}{suffix}", None)


def _run(entry: Entry, rank: int, engine: str) -> list[Any]:
    """The example's result, and its gradients, on one engine."""
    forward, backward = (_function(entry.name, rank, suffix) for suffix in ("", "_backward"))
    assert forward is not None
    arrays, options = entry.example(rank)
    with sw.use_engine(engine):
        y = forward(*arrays, **options)
        if backward is None:
            return [y]
        taken = inspect.signature(backward).parameters
        names = inspect.signature(forward).parameters
        given = {n: a for n, a in zip(names, arrays, strict=False) if n in taken}
        gradients = backward(np.ones_like(y), **given, **options)
    return [y, *(gradients if isinstance(gradients, tuple) else (gradients,))]


def _agree(first: list[list[Any]], second: list[list[Any]]) -> bool:
    pairs = [
        pair
        for one, other in zip(first, second, strict=True)
        for pair in zip(one, other, strict=True)
    ]
    return all(a is b or np.allclose(a, b, rtol=1e-10, atol=1e-12) for a, b in pairs)


def _dtypes(entry: Entry) -> str:
    """The float types that come out as they went in."""
    forward = _function(entry.name, 2)
    assert forward is not None
    arrays, options = entry.example(2)
    kept = []
    for dtype in (np.float16, np.float32, np.float64):
        is_float = [isinstance(a, np.ndarray) and a.dtype.kind == "f" for a in arrays]
        cast = [a.astype(dtype) if f else a for a, f in zip(arrays, is_float, strict=True)]
        if np.asarray(forward(*cast, **options)).dtype == dtype:
            kept.append(np.dtype(dtype).name.removeprefix("float"))
    return f"float{'/'.join(kept)}"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE}")
