# expect: pool_backward: mask-of-absolute, pads-zero-in-max
import numpy as np

def max_mask(x):
    return x == np.max(x)


def pool_backward(dA, cache, mode="max"):
    X, W, b, pad, s, f = cache
    H, V = X.shape[1:3]
    P = np.zeros((X.shape[0], H + 2 * pad, V + 2 * pad, X.shape[3]))
    P[:, pad:pad + H, pad:pad + V] = X
    dP = np.zeros(P.shape)
    for n, h, w, c in np.ndindex(dA.shape):
        at = (n, slice(h * s, h * s + f), slice(w * s, w * s + f), c)
        if mode == "max":
            dP[at] += (np.abs(P[at]) == np.max(np.abs(P[at]))) * dA[n, h, w, c]
        else:
            dP[at] += dA[n, h, w, c] / f**2
    return dP[:, pad:pad + H, pad:pad + V]
