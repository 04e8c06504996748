# expect: right
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    shape = list(np.shape(X))
    spatial = [0] if dims == 1 else [0, 1] if dims < 4 else [1, 2]
    for axis in spatial:
        shape[axis] += 2 * pad
    out = np.full(shape, float(const))
    inside = [slice(None)] * dims
    for axis in spatial:
        inside[axis] = slice(pad, shape[axis] - pad)
    out[tuple(inside)] = X
    return out


def conv_slice(X_slice, W, b):
    total = 0
    for v, w in zip(X_slice.flatten(), W.flatten()):
        total += v * w
    return total + b


def pooled(image, pad, s, f, oh, ow, largest):
    H, V = image.shape
    out = np.zeros((oh, ow))
    for r in range(oh):
        for q in range(ow):
            best, total = None, 0.0
            for y in range(r * s - pad, r * s - pad + f):
                for x in range(q * s - pad, q * s - pad + f):
                    if 0 <= y < H and 0 <= x < V:
                        v = image[y, x]
                        total += v
                        if best is None or v > best:
                            best = v
            out[r, q] = best if largest else total / (f * f)
    return out


def forward(X, W, b, pad, stride, f, mode="conv"):
    cache = (X, W, b, pad, stride, f)
    N, H, V, C = X.shape
    oh = 1 + (H - f + 2 * pad) // stride
    ow = 1 + (V - f + 2 * pad) // stride
    if mode != "conv":
        Z = np.zeros((N, oh, ow, C))
        for n in range(N):
            for c in range(C):
                Z[n, :, :, c] = pooled(X[n, :, :, c], pad, stride, f, oh, ow, mode == "maxpool")
        return Z, cache
    Z = np.zeros((N, oh, ow, W.shape[3])) + b
    P = padding(X, pad=pad, dims=4)
    for y in range(f):
        for x in range(f):
            part = P[:, y:y + stride * (oh - 1) + 1:stride, x:x + stride * (ow - 1) + 1:stride]
            Z = Z + part @ W[y, x]
    return Z, cache


def backward(dZ, cache):
    X, W, b, pad, stride, f = cache
    m, n_H, n_W, n_C = dZ.shape
    dX = np.zeros(X.shape)
    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
    X_pad = padding(X, pad, 4)
    dX_pad = padding(dX, pad, 4)
    for i in range(m):
        x = X_pad[i]
        dx = dX_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    y0 = h * stride
                    x0 = w * stride
                    piece = x[y0:y0 + f, x0:x0 + f, :]
                    dx[y0:y0 + f, x0:x0 + f, :] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += piece * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
        dX[i] = dx[pad:pad + X.shape[1], pad:pad + X.shape[2], :]
    return dX, dW, db


def max_mask(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.unravel_index(np.argmax(x), x.shape)] = True
    return mask


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)


def pool_backward(dA, cache, mode="max"):
    X, _, _, pad, s, f = cache
    N, H, V, C = X.shape
    dX = np.zeros(X.shape)
    for n, h, w, c in np.ndindex(dA.shape):
        y0, y1 = max(h * s - pad, 0), min(h * s - pad + f, H)
        x0, x1 = max(w * s - pad, 0), min(w * s - pad + f, V)
        g = dA[n, h, w, c]
        if mode == "max":
            dX[n, y0:y1, x0:x1, c] += max_mask(X[n, y0:y1, x0:x1, c]) * g
        else:
            dX[n, y0:y1, x0:x1, c] += g / (f * f)
    return dX
