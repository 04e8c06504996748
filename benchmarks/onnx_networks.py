"""Whole networks beside ONNX Runtime, in one process: ``python -m benchmarks.onnx_networks``."""

from __future__ import annotations

import numpy as np
import onnxruntime

from stridewise.arrays import Array
from stridewise.benchmark.timing import medians
from stridewise.exchange.onnx import load
from tests.exchange.networks import light, trained


def measure(name: str, model: bytes, x: Array) -> None:
    """Print one line."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    loaded = load(model)
    (port,) = loaded.inputs
    network = loaded.frozen()
    image = np.ascontiguousarray(np.moveaxis(x, 1, -1))
    ours, theirs = medians(
        [lambda: network.predict(image), lambda: session.run(None, {port: x})], rounds=9
    )
    milliseconds = f"{1000 * ours:9.0f} ms {1000 * theirs:9.0f} ms"
    print(f"{name:<44} {milliseconds} {ours / theirs:6.1f} times as long")


def main() -> None:
    """Measure ResNet-50 and the text detector."""
    rng = np.random.default_rng(0)
    print(f"{'network':<44} {'Stridewise':>12} {'ONNX Runtime':>12}")
    x = rng.standard_normal((1, 3, 224, 224)).astype(np.float32)
    measure("ResNet-50, 1 × 224 × 224 × 3", light("resnet50").SerializeToString(), x)
    for size in ((448, 640), (736, 736)):
        x = rng.standard_normal((1, 3, *size)).astype(np.float32)
        name = f"text detector, 1 × {size[0]} × {size[1]} × 3"
        measure(name, trained("detection").read_bytes(), x)


if __name__ == "__main__":
    main()
