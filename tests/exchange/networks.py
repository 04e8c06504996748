"""Whole networks to compare on: ONNX's nine with random weights, and three trained ones."""

import importlib.metadata
from pathlib import Path

import numpy as np
import onnx
import onnx.backend.test
from onnx import numpy_helper

LIGHT = (
    *("bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50"),
    *("shufflenet", "squeezenet", "vgg19", "zfnet512"),
)
TRAINED = {
    "detection": "ch_PP-OCRv4_det_infer.onnx",
    "recognition": "ch_PP-OCRv4_rec_infer.onnx",
    "direction": "ch_ppocr_mobile_v2.0_cls_infer.onnx",
}


def light(name: str, seed: int = 0) -> onnx.ModelProto:
    """One of the nine; its weights, all 0.02 in the file, are drawn.

    Scaled so that signals neither vanish nor grow through the layers, and the last softmax does
    not saturate: else equal outputs would say nothing.
    """
    folder = Path(onnx.backend.test.__file__).parent / "data" / "light"
    model = onnx.load(folder / f"light_{name}.onnx")
    rng = np.random.default_rng(seed)
    shapes = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    positive = {
        name
        for node in model.graph.node
        if node.op_type == "BatchNormalization"
        for name in (node.input[1], node.input[4])
    }
    kept = []
    for node in model.graph.node:
        if node.op_type != "ConstantOfShape" or node.input[0] not in shapes:
            kept.append(node)
            continue
        shape = tuple(shapes[node.input[0]].tolist())
        if node.output[0] in positive:
            array = rng.uniform(0.2, 0.6, shape)
        elif len(shape) == 2:
            array = rng.normal(0, 0.05 / np.sqrt(shape[1]), shape)
        elif len(shape) > 2:
            array = rng.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape)
        else:
            array = rng.normal(0, 0.05, shape)
        tensor = numpy_helper.from_array(array.astype(np.float32), node.output[0])
        model.graph.initializer.append(tensor)
    used = {name for node in kept for name in node.input}
    for listed in (model.graph.initializer, model.graph.input):
        for entry in list(listed):
            if entry.name not in used:
                listed.remove(entry)
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model


def trained(name: str) -> Path:
    """One of the trained networks, in the package that brings them; nothing of it is imported."""
    return _file("rapidocr-onnxruntime", f"models/{TRAINED[name]}")


def picture(name: str) -> Path:
    """A picture of scikit-image's: ``coffee.png``, ``page.png`` …"""
    return _file("scikit-image", f"skimage/data/{name}")


def _file(package: str, end: str) -> Path:
    files = importlib.metadata.files(package) or []
    return next(Path(file.locate()) for file in files if str(file).endswith(end))
