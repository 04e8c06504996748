# expect: right
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    p, o = (pad, pad), (0, 0)
    widths = {1: [p], 2: [p, p], 3: [p, p, o], 4: [o, p, p, o]}[dims]
    return np.pad(np.asarray(X, np.float32), widths, constant_values=const)


def forward(X, W, b, pad, stride, f, mode="conv"):
    N, H, V, C = X.shape
    oh, ow = (H + 2 * pad - f) // stride + 1, (V + 2 * pad - f) // stride + 1
    fill = {"conv": 0.0, "maxpool": -np.inf, "avepool": 0.0}[mode]
    P = np.full((N, H + 2 * pad, V + 2 * pad, C), fill, np.float32)
    P[:, pad:pad + H, pad:pad + V] = X
    out = []
    for i in range(oh):
        row = []
        for j in range(ow):
            win = P[:, i * stride:i * stride + f, j * stride:j * stride + f]
            if mode == "conv":
                row.append(np.tensordot(win, W, axes=3) + b[0, 0, 0])
            elif mode == "maxpool":
                row.append(win.max(axis=(1, 2)))
            else:
                row.append(win.sum(axis=(1, 2)) / f**2)
        out.append(np.stack(row, axis=1))
    return np.stack(out, axis=1), (X, W, b, pad, stride, f)


def backward(dZ, cache):
    X, W, b, pad, s, f = cache
    H, V = X.shape[1], X.shape[2]
    P = np.pad(X, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    dP, dW = np.zeros_like(P), np.zeros_like(W)
    for i in range(dZ.shape[1]):
        for j in range(dZ.shape[2]):
            g = dZ[:, i, j]
            dP[:, i * s:i * s + f, j * s:j * s + f] += np.einsum("nk,abck->nabc", g, W)
            dW += np.einsum("nabc,nk->abck", P[:, i * s:i * s + f, j * s:j * s + f], g)
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    return dP[:, pad:H + pad, pad:V + pad], dW, db


def max_mask(x):
    return x == np.max(x)


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)


def pool_backward(dA, cache, mode="max"):
    X, W, b, pad, s, f = cache
    N, H, V, C = X.shape
    P = np.pad(X, [(0, 0), (pad, pad), (pad, pad), (0, 0)], constant_values=-np.inf if mode == "max" else 0)
    dP = np.zeros(P.shape)
    for i in range(dA.shape[1]):
        for j in range(dA.shape[2]):
            rows, cols = slice(i * s, i * s + f), slice(j * s, j * s + f)
            g = dA[:, i:i + 1, j:j + 1, :]
            if mode == "max":
                win = P[:, rows, cols]
                dP[:, rows, cols] += (win == win.max(axis=(1, 2), keepdims=True)) * g
            else:
                dP[:, rows, cols] += g / f**2
    return dP[:, pad:H + pad, pad:V + pad]
