# expect: pool_backward: assigns-not-adds, pads-zero-in-max
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


def max_mask(x):
    return x == np.max(x)


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)


def pool_backward(dA, cache, mode="max"):
    X, W, b, pad, stride, f = cache
    m, n_H, n_W, n_C = dA.shape
    if mode == "max":
        X_pad = padding(X, pad, 4)
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
                        dX_pad[i, top:top + f, left:left + f, c] = max_mask(window) * dA[i, h, w, c]
                    elif mode == "average":
                        dX_pad[i, top:top + f, left:left + f, c] = distribute_value(dA[i, h, w, c], (f, f))
    return dX_pad[:, pad:pad + X.shape[1], pad:pad + X.shape[2], :]
