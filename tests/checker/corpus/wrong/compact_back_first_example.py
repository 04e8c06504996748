# expect: backward: first-example-only
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


def backward(dZ, cache):
    X, W, b, pad, stride, f = cache
    m, n_H, n_W, n_C = dZ.shape
    dX = np.zeros(X.shape)
    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
    X_pad = padding(X, pad, 4)
    dX_pad = padding(dX, pad, 4)
    for i in range(m):
        x = X_pad[0]
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
