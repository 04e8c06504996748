# expect: right
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    """Put a border of const around X."""
    if dims == 1:
        return np.pad(X, (pad, pad), mode="constant", constant_values=const)
    elif dims == 2:
        return np.pad(X, ((pad, pad), (pad, pad)), mode="constant", constant_values=const)
    elif dims == 3:
        return np.pad(X, ((pad, pad), (pad, pad), (0, 0)), mode="constant", constant_values=const)
    elif dims == 4:
        return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="constant", constant_values=const)


def conv_slice(X_slice, W, b):
    Z = np.sum(np.multiply(X_slice, W))
    return Z + float(np.squeeze(b))


def forward(X, W, b, pad, stride, f, mode="conv"):
    m, n_H_prev, n_W_prev, n_C_prev = X.shape
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
    n_C = W.shape[3] if mode == "conv" else n_C_prev
    Z = np.zeros((m, n_H, n_W, n_C))
    const = -np.inf if mode == "maxpool" else 0
    X_pad = padding(X, pad, 4, const)
    for i in range(m):
        x = X_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                horiz_start = w * stride
                for c in range(n_C):
                    if mode == "conv":
                        x_slice = x[vert_start:vert_start + f, horiz_start:horiz_start + f, :]
                        Z[i, h, w, c] = conv_slice(x_slice, W[:, :, :, c], b[:, :, :, c])
                    elif mode == "maxpool":
                        Z[i, h, w, c] = np.max(x[vert_start:vert_start + f, horiz_start:horiz_start + f, c])
                    elif mode == "avepool":
                        Z[i, h, w, c] = np.mean(x[vert_start:vert_start + f, horiz_start:horiz_start + f, c])
    cache = (X, W, b, pad, stride, f)
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
    return x == np.max(x)


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)


def pool_backward(dA, cache, mode="max"):
    X, W, b, pad, stride, f = cache
    m, n_H, n_W, n_C = dA.shape
    if mode == "max":
        X_pad = padding(X, pad, 4, -np.inf)
    else:
        X_pad = padding(X, pad, 4, 0)
    dX_pad = np.zeros(X_pad.shape)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    top, left = h * stride, w * stride
                    if mode == "max":
                        window = X_pad[i, top:top + f, left:left + f, c]
                        dX_pad[i, top:top + f, left:left + f, c] += max_mask(window) * dA[i, h, w, c]
                    elif mode == "average":
                        dX_pad[i, top:top + f, left:left + f, c] += distribute_value(dA[i, h, w, c], (f, f))
    return dX_pad[:, pad:pad + X.shape[1], pad:pad + X.shape[2], :]
