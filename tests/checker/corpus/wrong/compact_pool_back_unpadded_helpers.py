# expect: pool_backward: padded-index-on-unpadded
import numpy as np

def max_mask(x):
    return x == np.max(x)


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)


def pool_backward(dA, cache, mode="max"):
    X, W, b, pad, stride, f = cache
    dX = np.zeros(X.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        y, x = h * stride, w * stride
        if mode == "max":
            dX[i, y:y + f, x:x + f, c] += max_mask(X[i, y:y + f, x:x + f, c]) * dA[i, h, w, c]
        else:
            dX[i, y:y + f, x:x + f, c] += distribute_value(dA[i, h, w, c], (f, f))
    return dX
