# expect: pool_backward: assigns-not-adds
import numpy as np

def pool_backward(dA, cache, mode="max"):
    A_prev, hp = cache
    f, s = hp["f"], hp["stride"]
    out = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        ys, xs = slice(h * s, h * s + f), slice(w * s, w * s + f)
        if mode == "max":
            block = A_prev[i, ys, xs, c]
            y, x = np.unravel_index(block.argmax(), block.shape)
            only = np.zeros((f, f))
            only[y, x] = dA[i, h, w, c]
            out[i, ys, xs, c] = only
        else:
            out[i, ys, xs, c] = dA[i, h, w, c] / f ** 2
    return out
