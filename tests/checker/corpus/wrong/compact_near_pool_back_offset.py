# expect: pool_backward: not-recognised
import numpy as np

def max_mask(x):
    return x == np.max(x)


def pool_backward(dA, cache, mode="max"):
    X, _, _, pad, s, f = cache
    N, H, V, C = X.shape
    dX = np.zeros(X.shape)
    for n, h, w, c in np.ndindex(dA.shape):
        y0, y1 = max(h * s + pad, 0), min(h * s + pad + f, H)
        x0, x1 = max(w * s + pad, 0), min(w * s + pad + f, V)
        g = dA[n, h, w, c]
        if mode == "max":
            dX[n, y0:y1, x0:x1, c] += max_mask(X[n, y0:y1, x0:x1, c]) * g
        else:
            dX[n, y0:y1, x0:x1, c] += g / (f * f)
    return dX
