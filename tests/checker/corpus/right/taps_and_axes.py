# expect: right
import numpy as np

def zero_pad(images, pad):
    m, h, w, c = images.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c))
    out[:, pad:pad + h, pad:pad + w, :] = images
    return out


def conv_single_step(x, W, b):
    return (x * W).sum() + b[0, 0, 0]


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    P = np.pad(A_prev, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    n_H = (P.shape[1] - f) // stride + 1
    n_W = (P.shape[2] - f) // stride + 1
    Z = np.zeros((A_prev.shape[0], n_H, n_W, W.shape[3]))
    for r in range(f):
        for q in range(f):
            rows = slice(r, r + stride * (n_H - 1) + 1, stride)
            cols = slice(q, q + stride * (n_W - 1) + 1, stride)
            Z += np.tensordot(P[:, rows, cols], W[r, q], axes=([3], [0]))
    Z += b
    return Z, (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    oh, ow = (H - f) // s + 1, (W - f) // s + 1
    op = np.max if mode == "max" else np.mean
    A = np.empty((m, oh, ow, C))
    for i in range(oh):
        for j in range(ow):
            A[:, i, j, :] = op(A_prev[:, i * s:i * s + f, j * s:j * s + f, :], axis=(1, 2))
    return A, (A_prev, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    P = zero_pad(A_prev, pad)
    dP = np.zeros_like(P)
    dW = np.empty_like(W)
    n_H, n_W = dZ.shape[1:3]
    for r in range(f):
        for q in range(f):
            rows = slice(r, r + stride * (n_H - 1) + 1, stride)
            cols = slice(q, q + stride * (n_W - 1) + 1, stride)
            dW[r, q] = np.tensordot(P[:, rows, cols], dZ, axes=([0, 1, 2], [0, 1, 2]))
            dP[:, rows, cols] += dZ @ W[r, q].T
    db = np.sum(dZ, axis=(0, 1, 2)).reshape(b.shape)
    _, H, Wd, _ = A_prev.shape
    return dP[:, pad:pad + H, pad:pad + Wd], dW, db


def create_mask_from_window(x):
    return np.equal(x, np.amax(x))


def distribute_value(dz, shape):
    h, w = shape
    return np.array([[dz / h / w] * w] * h)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    s, f = hparameters["stride"], hparameters["f"]
    out = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(*dA.shape):
        here = (i, slice(h * s, h * s + f), slice(w * s, w * s + f), c)
        share = create_mask_from_window(A_prev[here]) if mode == "max" else distribute_value(1.0, (f, f))
        out[here] += share * dA[i, h, w, c]
    return out
