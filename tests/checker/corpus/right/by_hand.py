# expect: right
import numpy as np

def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    result = np.zeros((m, n_H + pad * 2, n_W + pad * 2, n_C))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                result[i, h + pad, w + pad] = X[i, h, w]
    return result


def conv_single_step(window, W, b):
    total = 0.0
    f1, f2, channels = window.shape
    for i in range(f1):
        for j in range(f2):
            for k in range(channels):
                total += window[i, j, k] * W[i, j, k]
    return total + float(b[0, 0, 0])


def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    N, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    out_h = (H + 2 * p - f) // s + 1
    out_w = (Wd + 2 * p - f) // s + 1
    Z = np.zeros((N, out_h, out_w, K))
    for n in range(N):
        for k in range(K):
            for i in range(out_h):
                for j in range(out_w):
                    patch = x[n, i * s:i * s + f, j * s:j * s + f]
                    Z[n, i, j, k] = np.sum(patch * W[..., k]) + b[0, 0, 0, k]
    return Z, (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max"):
    m, H, W, C = A_prev.shape
    f, stride = hparameters["f"], hparameters["stride"]
    nh = (H - f) // stride + 1
    nw = (W - f) // stride + 1
    A = np.zeros((m, nh, nw, C))
    for i in range(m):
        for c in range(C):
            for h in range(nh):
                for w in range(nw):
                    best = -np.inf
                    total = 0
                    for y in range(f):
                        for x in range(f):
                            v = A_prev[i, h * stride + y, w * stride + x, c]
                            total += v
                            if v > best:
                                best = v
                    A[i, h, w, c] = best if mode == "max" else total / (f * f)
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    rows, cols = x.shape
    biggest = x.max()
    mask = np.zeros((rows, cols), dtype=bool)
    for r in range(rows):
        for c in range(cols):
            if x[r, c] == biggest:
                mask[r, c] = True
    return mask


def distribute_value(dz, shape):
    return np.full(shape, dz / np.prod(shape))


def conv_backward(dZ, cache):
    A, W, b, hp = cache
    s, p = hp["stride"], hp["pad"]
    f = W.shape[0]
    widths = ((0, 0), (p, p), (p, p), (0, 0))
    X = np.pad(A, widths)
    dX = np.zeros(X.shape)
    dW = np.zeros(W.shape)
    for i in range(dZ.shape[1]):
        for j in range(dZ.shape[2]):
            y, x = i * s, j * s
            g = dZ[:, i, j, :]
            dX[:, y:y + f, x:x + f, :] += np.tensordot(g, W, axes=([1], [3]))
            dW += np.tensordot(X[:, y:y + f, x:x + f, :], g, axes=([0], [0]))
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    dA = dX[:, p:dX.shape[1] - p, p:dX.shape[2] - p, :]
    return dA, dW, db


def pool_backward(dA, cache, mode="max"):
    X, hp = cache
    f, s = hp["f"], hp["stride"]
    dX = np.zeros_like(X, dtype=float)
    for i in range(dA.shape[1]):
        for j in range(dA.shape[2]):
            rows, cols = slice(i * s, i * s + f), slice(j * s, j * s + f)
            g = dA[:, i:i + 1, j:j + 1, :]
            if mode == "max":
                w = X[:, rows, cols, :]
                dX[:, rows, cols, :] += (w == w.max(axis=(1, 2), keepdims=True)) * g
            else:
                dX[:, rows, cols, :] += g / (f * f) * np.ones((1, f, f, 1))
    return dX
