# expect: right
import numpy as np

from numpy.lib.stride_tricks import sliding_window_view


def _windows(x, f, s):
    return sliding_window_view(x, (f, f), axis=(1, 2))[:, ::s, ::s]


def zero_pad(X, pad):
    frame = [(0, 0), (pad, pad), (pad, pad), (0, 0)]
    return np.pad(X, frame)


def conv_single_step(a_slice_prev, W, b):
    return np.einsum("ijk,ijk->", a_slice_prev, W) + b.ravel()[0]


def conv_forward(A_prev, W, b, hparameters):
    x = _windows(zero_pad(A_prev, hparameters["pad"]), W.shape[0], hparameters["stride"])
    Z = np.tensordot(x, W, axes=([3, 4, 5], [2, 0, 1])) + b
    return Z, (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max"):
    x = _windows(A_prev, hparameters["f"], hparameters["stride"])
    return getattr(x, {"max": "max", "average": "mean"}[mode])(axis=(-2, -1)), (A_prev, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    pad, stride, f = hparameters["pad"], hparameters["stride"], W.shape[0]
    padded = zero_pad(A_prev, pad)
    dW = np.einsum("mhwcij,mhwk->ijck", _windows(padded, f, stride), dZ)
    dpad = np.zeros(padded.shape)
    pieces = np.einsum("mhwk,ijck->mhwijc", dZ, W)
    for h in range(dZ.shape[1]):
        for w in range(dZ.shape[2]):
            dpad[:, h * stride:h * stride + f, w * stride:w * stride + f] += pieces[:, h, w]
    if pad > 0:
        dpad = dpad[:, pad:-pad, pad:-pad]
    return dpad, dW, dZ.sum((0, 1, 2))[None, None, None, :]


def create_mask_from_window(x):
    return x >= x.max()


def distribute_value(dz, shape):
    return np.broadcast_to(dz / (shape[0] * shape[1]), shape)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    windows = _windows(A_prev, f, stride)
    if mode == "max":
        shares = windows == windows.max(axis=(4, 5), keepdims=True)
    else:
        shares = np.full(windows.shape, 1 / f ** 2)
    shares = shares * dA[..., None, None]
    result = np.zeros(A_prev.shape)
    for y in range(f):
        for x in range(f):
            h, w = dA.shape[1:3]
            result[:, y:y + h * stride:stride, x:x + w * stride:stride][:, :h, :w] += shares[..., y, x]
    return result
