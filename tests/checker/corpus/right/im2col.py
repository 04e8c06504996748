# expect: right
import numpy as np

def zero_pad(X, pad):
    m, h, w, c = X.shape
    side = np.zeros((m, h, pad, c))
    X = np.concatenate([side, X, side], axis=2)
    top = np.zeros((m, pad, w + 2 * pad, c))
    return np.concatenate([top, X, top], axis=1)


def conv_single_step(a_slice_prev, W, b):
    return np.dot(a_slice_prev.ravel(), W.ravel()) + np.squeeze(b)


def indices(H, W, f, s):
    """Rows and columns of every window: (windows, f * f)."""
    nh, nw = (H - f) // s + 1, (W - f) // s + 1
    r = s * np.repeat(np.arange(nh), nw)[:, None] + np.repeat(np.arange(f), f)[None, :]
    c = s * np.tile(np.arange(nw), nh)[:, None] + np.tile(np.arange(f), f)[None, :]
    return r, c, nh, nw


def im2col(x, f, s):
    r, c, nh, nw = indices(x.shape[1], x.shape[2], f, s)
    return x[:, r, c, :], nh, nw


def conv_forward(A_prev, W, b, hparameters):
    m = A_prev.shape[0]
    f, _, C, K = W.shape
    cols, nh, nw = im2col(zero_pad(A_prev, hparameters["pad"]), f, hparameters["stride"])
    Z = cols.reshape(m, nh * nw, f * f * C) @ W.reshape(f * f * C, K)
    return Z.reshape(m, nh, nw, K) + b, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    m, nh, nw, K = dZ.shape
    f, _, C, _ = W.shape
    p = hparameters["pad"]
    x = zero_pad(A_prev, p)
    r, c, _, _ = indices(x.shape[1], x.shape[2], f, hparameters["stride"])
    flat = dZ.reshape(-1, K)
    dW = (im2col(x, f, hparameters["stride"])[0].reshape(-1, f * f * C).T @ flat).reshape(W.shape)
    dcols = (flat @ W.reshape(-1, K).T).reshape(m, nh * nw, f * f, C)
    dx = np.zeros(x.shape)
    np.add.at(dx, (slice(None), r, c), dcols)
    dx = dx[:, p:p + A_prev.shape[1], p:p + A_prev.shape[2]]
    return dx, dW, flat.sum(0).reshape(1, 1, 1, K)


def pool_forward(A_prev, hparameters, mode="max"):
    cols, nh, nw = im2col(A_prev, hparameters["f"], hparameters["stride"])
    A = np.max(cols, axis=2) if mode == "max" else np.average(cols, axis=2)
    return A.reshape(A_prev.shape[0], nh, nw, A_prev.shape[3]), (A_prev, hparameters)


def create_mask_from_window(x):
    mask = np.zeros(x.shape, bool)
    mask[np.where(x == x.max())] = True
    return mask


def distribute_value(dz, shape):
    a = np.zeros(shape)
    a += dz
    a /= a.size
    return a


def pool_backward(dA, cache, mode="max"):
    A_prev, hp = cache
    cols, nh, nw = im2col(A_prev, hp["f"], hp["stride"])
    r, c, _, _ = indices(A_prev.shape[1], A_prev.shape[2], hp["f"], hp["stride"])
    g = dA.reshape(dA.shape[0], nh * nw, 1, -1)
    if mode == "max":
        d = (cols == cols.max(axis=2, keepdims=True)) * g
    else:
        d = np.ones(cols.shape) * g / hp["f"] ** 2
    out = np.zeros(A_prev.shape)
    np.add.at(out, (slice(None), r, c), d)
    return out
