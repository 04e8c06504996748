# expect: right
import numpy as np

def zero_pad(X, pad):
    X = X.astype(np.float32)
    return np.pad(X, ((0, 0), (pad,) * 2, (pad,) * 2, (0, 0)))


def conv_single_step(a_slice_prev, W, b):
    a, w = np.float32(a_slice_prev), np.float32(W)
    return np.sum(a * w, dtype=np.float32) + np.float32(b[0, 0, 0])


def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0))).astype(np.float32)
    k, f = W.astype("float32"), W.shape[0]
    h, w = (x.shape[1] - f) // s + 1, (x.shape[2] - f) // s + 1
    Z = np.zeros((x.shape[0], h, w, W.shape[-1]), dtype=np.float32)
    for r in range(h):
        for c in range(w):
            Z[:, r, c] = np.tensordot(x[:, s * r:s * r + f, s * c:s * c + f], k, 3) + b[0, 0, 0]
    return Z, (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    A = np.zeros((m, 1 + (H - f) // s, 1 + (W - f) // s, C), np.float32)
    for i, h, w, c in np.ndindex(A.shape):
        part = A_prev[i, h * s:h * s + f, w * s:w * s + f, c]
        A[i, h, w, c] = part.max() if mode == "max" else part.mean()
    return A, (A_prev, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hp = cache
    p, s, f = hp["pad"], hp["stride"], W.shape[0]
    m, H, Wd, C = A_prev.shape
    x = np.zeros((m, H + 2 * p, Wd + 2 * p, C), np.float32)
    x[:, p:p + H, p:p + Wd] = A_prev
    dx, dW = np.zeros_like(x), np.zeros(W.shape, np.float32)
    for i, h, w, c in np.ndindex(dZ.shape):
        here = np.s_[i, h * s:h * s + f, w * s:w * s + f]
        g = np.float32(dZ[i, h, w, c])
        dx[here] += g * W[..., c].astype(np.float32)
        dW[..., c] += g * x[here]
    db = dZ.astype(np.float32).sum(axis=(0, 1, 2), keepdims=True)
    return dx[:, p:p + H, p:p + Wd], dW, db


def create_mask_from_window(x):
    return np.isclose(x, np.max(x), rtol=0, atol=0)


def distribute_value(dz, shape):
    return np.ones(shape, np.float32) * np.float32(dz) / np.float32(shape[0] * shape[1])


def pool_backward(dA, cache, mode="max"):
    A_prev, hp = cache
    f, s = hp["f"], hp["stride"]
    out = np.zeros(A_prev.shape, np.float32)
    for i, h, w, c in np.ndindex(dA.shape):
        here = np.s_[i, h * s:h * s + f, w * s:w * s + f, c]
        if mode == "max":
            out[here] += create_mask_from_window(A_prev[here]) * dA[i, h, w, c]
        else:
            out[here] += distribute_value(dA[i, h, w, c], (f, f))
    return out
