# expect: pool_backward: mask-of-minimum
import numpy as np

def max_mask(x):
    return x == np.max(x)


def pool_backward(dA, cache, mode="max"):
    X, W, b, pad, s, f = cache
    N, H, V, C = X.shape
    P = np.pad(X, [(0, 0), (pad, pad), (pad, pad), (0, 0)], constant_values=np.inf if mode == "max" else 0)
    dP = np.zeros(P.shape)
    for i in range(dA.shape[1]):
        for j in range(dA.shape[2]):
            rows, cols = slice(i * s, i * s + f), slice(j * s, j * s + f)
            g = dA[:, i:i + 1, j:j + 1, :]
            if mode == "max":
                win = P[:, rows, cols]
                dP[:, rows, cols] += (win == win.min(axis=(1, 2), keepdims=True)) * g
            else:
                dP[:, rows, cols] += g / f**2
    return dP[:, pad:H + pad, pad:V + pad]
