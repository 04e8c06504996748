"""Right and simple versions of the exercise's functions, each of NumPy and of nothing else.

Their text, one function at a time, is given to the process of a learner's program to stand in
for the learner's own; so none of them may need another. Of the compact variant, these are the ones
that others call.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

__all__ = [
    "conv_backward",
    "conv_forward",
    "conv_single_step",
    "conv_slice",
    "create_mask_from_window",
    "distribute_value",
    "max_mask",
    "padding",
    "pool_backward",
    "pool_forward",
    "text_of",
    "zero_pad",
]


@cache
def text_of(name: str) -> str:
    """Return the program of one of the functions."""
    text = Path(__file__).read_text(encoding="utf-8")
    found = [
        each
        for each in ast.parse(text).body
        if isinstance(each, ast.FunctionDef) and each.name == name in __all__
    ]
    return f"from typing import Any\nimport numpy as np\n{ast.unparse(found[0])}"


def zero_pad(X: Any, pad: int) -> Any:
    """Put a frame of zeros around every image."""
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def conv_single_step(a_slice_prev: Any, W: Any, b: Any) -> Any:
    """Apply one filter to one slice."""
    return np.sum(a_slice_prev * W) + np.asarray(b).reshape(-1)[0]


def conv_forward(A_prev: Any, W: Any, b: Any, hparameters: Any) -> Any:
    """Convolve a batch of images with all filters."""
    stride, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    padded = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n_H = (padded.shape[1] - f) // stride + 1
    n_W = (padded.shape[2] - f) // stride + 1
    Z = np.zeros((len(A_prev), n_H, n_W, W.shape[3]))
    for h in range(n_H):
        for w in range(n_W):
            window = padded[:, h * stride : h * stride + f, w * stride : w * stride + f]
            Z[:, h, w] = np.tensordot(window, W, 3) + b.reshape(-1)
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ: Any, cache: Any) -> Any:
    """Gradients of the convolution by its input, its filters and its biases."""
    A_prev, W, _, hparameters = cache
    stride, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    padded = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    dpadded, dW = np.zeros(padded.shape), np.zeros(W.shape)
    for h in range(dZ.shape[1]):
        for w in range(dZ.shape[2]):
            window = np.s_[:, h * stride : h * stride + f, w * stride : w * stride + f]
            dpadded[window] += np.tensordot(dZ[:, h, w], W, (1, 3))
            dW += np.tensordot(padded[window], dZ[:, h, w], (0, 0))
    rows, columns = A_prev.shape[1:3]
    dA_prev = dpadded[:, pad : pad + rows, pad : pad + columns]
    return dA_prev, dW, dZ.sum((0, 1, 2)).reshape(1, 1, 1, -1)


def pool_forward(A_prev: Any, hparameters: Any, mode: str = "max") -> Any:
    """Take the maximum, or the mean, of every window of every channel."""
    f, stride = hparameters["f"], hparameters["stride"]
    n_H = (A_prev.shape[1] - f) // stride + 1
    n_W = (A_prev.shape[2] - f) // stride + 1
    A = np.zeros((len(A_prev), n_H, n_W, A_prev.shape[3]))
    for h in range(n_H):
        for w in range(n_W):
            window = A_prev[:, h * stride : h * stride + f, w * stride : w * stride + f]
            A[:, h, w] = window.max((1, 2)) if mode == "max" else window.mean((1, 2))
    return A, (A_prev, hparameters)


def create_mask_from_window(x: Any) -> Any:
    """Mark the maximum of a window; equal maxima are all marked."""
    return x == np.max(x)


def distribute_value(dz: Any, shape: Any) -> Any:
    """Spread one number evenly over a window."""
    n_H, n_W = shape
    return np.full((n_H, n_W), dz / (n_H * n_W))


def pool_backward(dA: Any, cache: Any, mode: str = "max") -> Any:
    """Gradient of the pooling by its input; equal maxima all get it."""
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for h in range(dA.shape[1]):
        for w in range(dA.shape[2]):
            window = np.s_[:, h * stride : h * stride + f, w * stride : w * stride + f]
            gradient = dA[:, h : h + 1, w : w + 1]
            if mode == "max":
                values = A_prev[window]
                dA_prev[window] += gradient * (values == values.max((1, 2), keepdims=True))
            else:
                dA_prev[window] += gradient / (f * f)
    return dA_prev


def padding(X: Any, pad: int = 1, dims: int = 3, const: float = 0) -> Any:
    """Put a frame of one number around a vector, a matrix, an image or a batch of images."""
    around, stay = (pad, pad), (0, 0)
    widths = {1: (around,), 2: (around, around), 3: (around, around, stay)}
    frame = widths.get(dims, (stay, around, around, stay))
    return np.pad(X, frame, constant_values=const)


def conv_slice(X_slice: Any, W: Any, b: Any) -> Any:
    """Apply one filter to one slice, of any shape."""
    return np.sum(np.multiply(X_slice, W)) + np.asarray(b).reshape(-1)[0]


def max_mask(x: Any) -> Any:
    """Mark the maximum of a window; equal maxima are all marked."""
    return x == np.max(x)
