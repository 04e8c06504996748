"""Random ONNX graphs, and what ONNX Runtime and Stridewise make of them."""

import numpy as np
from onnx import NodeProto, TensorProto, numpy_helper

from tests.exchange.drawing import Drawing
from tests.exchange.drawn_layers import Layers
from tests.exchange.drawn_shapes import Shapes

KINDS = (
    *("conv", "conv", "conv", "pool", "pool", "over_space", "norm", "norm", "activation"),
    *("activation", "prelu", "elementwise", "elementwise", "elementwise", "where", "clip"),
    *("concat", "concat", "split", "slice", "pad", "transpose", "transpose", "reshape", "reshape"),
    *("view", "flatten", "squeeze", "squeeze", "repeat", "reduce", "reduce", "softmax", "extreme"),
    *("resize", "shuffle", "gather", "product", "product", "rarer"),
)


class Composition(Drawing, Layers, Shapes):
    """Of 3 to 15 nodes of whatever there is."""

    kinds = KINDS


def disagreement(theirs, ours):
    """What differs in the outputs of the two, if anything does."""
    for place, (their, our) in enumerate(zip(theirs, ours, strict=True)):
        if (their.shape, their.dtype) != (our.shape, our.dtype):
            return f"output {place}: {their.shape} {their.dtype}, not {our.shape} {our.dtype}"
        scale = np.abs(their).max(initial=0) if their.dtype.kind == "f" else 0
        if not np.allclose(our, their, rtol=1e-3, atol=1e-5 * max(1, scale)):
            return f"output {place}: numbers differ"
    return None


def in_double(composition):
    """The model in float64, with its outputs of floats; None if it has none."""
    outputs = [n for n in composition.outputs() if composition.values[n].dtype.kind == "f"]
    nodes = []
    for node in composition.nodes:
        twin = NodeProto()
        twin.CopyFrom(node)
        for attribute in twin.attribute:
            if twin.op_type == "Cast" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.DOUBLE
            if twin.op_type == "ConstantOfShape":
                value = numpy_helper.to_array(attribute.t).astype(np.float64)
                attribute.t.CopyFrom(numpy_helper.from_array(value))
        nodes.append(twin)
    feeds = {name: _doubled(array) for name, array in composition.feeds.items()}
    constants = {n: (_doubled(a), as_node) for n, (a, as_node) in composition.constants.items()}
    if not outputs:
        return None
    return composition.wrap(nodes, feeds, outputs, constants, composition.declared)


def _doubled(array):
    return array.astype(np.float64) if array.dtype == np.float32 else array
