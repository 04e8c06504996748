# expect: pool_backward: distribute-wrong-count
import numpy as np

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
                dX[:, rows, cols, :] += g / f * np.ones((1, f, f, 1))
    return dX
