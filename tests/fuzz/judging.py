"""What the checks have in common: closeness, gradients, and ONNX Runtime as a judge."""

import itertools

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

__all__ = [
    "close",
    "first",
    "last",
    "meetings",
    "onnx_window",
    "runtime",
    "runtime_pools",
    "same_gradient",
]

onnxruntime.set_default_logger_severity(4)
_OPSET = [helper.make_opsetid("", 22)]
_TYPES = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "int64": TensorProto.INT64}


def first(values):
    return np.moveaxis(values, -1, 1)


def last(values):
    return np.moveaxis(values, 1, -1)


def close(mine, wanted, dtype, rounding=None):
    """Equal but for rounding, measured by the largest number there is."""
    assert mine.dtype == dtype
    assert mine.shape == wanted.shape
    scale = max(1.0, float(np.abs(wanted).max(initial=0, where=np.isfinite(wanted))))
    rounding = {"float32": 3e-5, "float64": 1e-11}[rounding or dtype]
    np.testing.assert_allclose(mine, wanted, rtol=rounding, atol=rounding * scale)


def same_gradient(function, x, grad_y, grad_x, linear=True):
    """⟨f(v), grad_y⟩ = ⟨v, grad_x⟩ in a random direction v: exact if f is linear in x.

    Otherwise f is differentiated along v by central differences, in float64.
    """
    rng = np.random.default_rng(x.size)
    assert grad_x.shape == x.shape
    assert grad_x.dtype == x.dtype
    v = rng.standard_normal(x.shape).astype(x.dtype)
    if linear:
        left, rounding = function(v), 1e-10 if x.dtype == np.float64 else 1e-4
    else:
        wide, step = x.astype(np.float64), 1e-6
        left = (function(wide + step * v) - function(wide - step * v)) / (2 * step)
        rounding = 1e-5 if x.dtype == np.float64 else 1e-3
    left, v = left.astype(np.float64), v.astype(np.float64)
    scale = 1 + np.abs(left * grad_y).sum() + np.abs(v * grad_x).sum()
    assert abs((left * grad_y).sum() - (v * grad_x).sum()) <= rounding * scale


def meetings(problem, output):
    """Every position, tap, and the place where they meet; by plain counting.

    ``inside`` says whether there is an element, ``padded`` whether there is one or padding.
    """
    for position in np.ndindex(*output):
        for tap in np.ndindex(*problem.kernel):
            place = tuple(
                p * axis["stride"] - axis["before"] + t * axis["dilation"]
                for p, t, axis in zip(position, tap, problem.axes, strict=True)
            )
            inside = all(0 <= i < n for i, n in zip(place, problem.size, strict=True))
            padded = all(
                -axis["before"] <= i < axis["size"] + axis["after"]
                for i, axis in zip(place, problem.axes, strict=True)
            )
            yield position, tap, place, inside, padded


def onnx_window(problem):
    """The window's options as ONNX's attributes."""
    return {
        "kernel_shape": problem.kernel,
        "strides": problem.stride,
        "dilations": problem.dilation,
        "pads": [*(b for b, _ in problem.pairs), *(a for _, a in problem.pairs)],
    }


def runtime_pools(problem):
    """Whether ONNX Runtime can judge a pooling.

    It has no empty batch, wants less padding than taps whatever the dilation, and its ceil_mode
    has changed from version to version.
    """
    taps = zip(problem.pairs, problem.kernel, strict=True)
    return problem.N and not problem.ceil_mode and all(max(pair) < k for pair, k in taps)


def runtime(operator, *inputs, outputs=1, **attributes):
    """Run one operator in ONNX Runtime; None stands for an input that is left out."""
    names = [f"in{number}" if a is not None else "" for number, a in enumerate(inputs)]
    given = {name: np.ascontiguousarray(a) for name, a in zip(names, inputs, strict=True) if name}
    results = [f"out{number}" for number in range(outputs)]
    node = helper.make_node(operator, names, results, **attributes)
    # A result's type must be named; the first is that of the first input, indices are int64.
    types = [_TYPES[str(inputs[0].dtype)], *itertools.repeat(TensorProto.INT64, outputs - 1)]
    graph = helper.make_graph(
        [node],
        "one operator",
        [
            helper.make_tensor_value_info(name, _TYPES[str(a.dtype)], a.shape)
            for name, a in given.items()
        ],
        [
            helper.make_tensor_value_info(name, kind, None)
            for name, kind in zip(results, types, strict=True)
        ],
    )
    model = helper.make_model(graph, opset_imports=_OPSET, ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    found = session.run(results, given)
    return found[0] if outputs == 1 else found
