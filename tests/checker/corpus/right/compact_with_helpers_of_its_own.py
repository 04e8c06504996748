# expect: right
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    p, o = (pad, pad), (0, 0)
    widths = {1: [p], 2: [p, p], 3: [p, p, o], 4: [o, p, p, o]}[dims]
    return np.pad(X, widths, constant_values=const)


def conv_slice(X_slice, W, b):
    Z = np.sum(np.multiply(X_slice, W))
    return Z + float(np.squeeze(b))


def conv_part(X, W, b, stride, f, n_H, n_W):
    Z = np.zeros((X.shape[0], n_H, n_W, W.shape[-1]))
    for i, h, w, c in np.ndindex(Z.shape):
        Z[i, h, w, c] = conv_slice(X[i, h * stride:h * stride + f, w * stride:w * stride + f], W[..., c], b[..., c])
    return Z


def pool_part(X, stride, f, n_H, n_W, op):
    Z = np.zeros((X.shape[0], n_H, n_W, X.shape[-1]))
    for i, h, w, c in np.ndindex(Z.shape):
        Z[i, h, w, c] = op(X[i, h * stride:h * stride + f, w * stride:w * stride + f, c])
    return Z


def forward(X, W, b, pad, stride, f, mode="conv"):
    n_H = (X.shape[1] - f + 2 * pad) // stride + 1
    n_W = (X.shape[2] - f + 2 * pad) // stride + 1
    if mode == "conv":
        Z = conv_part(padding(X, pad, dims=4), W, b, stride, f, n_H, n_W)
    elif mode == "maxpool":
        Z = pool_part(padding(X, pad, dims=4, const=-1e30), stride, f, n_H, n_W, np.max)
    else:
        Z = pool_part(padding(X, pad, dims=4), stride, f, n_H, n_W, np.average)
    return Z, (X, W, b, pad, stride, f)


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
