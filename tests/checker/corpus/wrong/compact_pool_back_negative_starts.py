# expect: pool_backward: padded-index-on-unpadded
import numpy as np

def max_mask(x):
    return x == np.max(x)


def pool_backward(dA, cache, mode="max"):
    X, W, b, pad, s, f = cache
    dX = np.zeros(X.shape)
    for n, h, w, c in np.ndindex(dA.shape):
        y, x = max(0, h * s - pad), max(0, w * s - pad)
        part = X[n, y:y + f, x:x + f, c]
        if mode == "max":
            dX[n, y:y + f, x:x + f, c] += max_mask(part) * dA[n, h, w, c]
        else:
            dX[n, y:y + f, x:x + f, c] += dA[n, h, w, c] / part.size
    return dX
