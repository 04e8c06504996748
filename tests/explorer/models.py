"""Files as people open them: pictures and small ONNX models."""

import io

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from PIL import Image


def png(side=8):
    """A picture that is brighter towards its lower right corner."""
    levels = np.add.outer(np.arange(side), np.arange(side)) * (255 // (2 * side))
    file = io.BytesIO()
    Image.fromarray(levels.astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def onnx_convolution():
    """A model of one convolution of an image of any size, two channels."""
    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("image", ["N", 3, "H", "W"]), ("edges", None))
    ]
    weight = np.random.default_rng(6).standard_normal((2, 3, 3, 3)).astype(np.float32)
    node = helper.make_node("Conv", ["image", "weight"], ["edges"], kernel_shape=[3, 3])
    stored = [numpy_helper.from_array(weight, "weight")]
    graph = helper.make_graph([node], "demo", ports[:1], ports[1:], stored)
    return helper.make_model(graph).SerializeToString()
