# expect: pool_backward: stride-ignored
import numpy as np

def pool_backward(dA, cache, mode="max"):
    A_prev, hp = cache
    f, s = hp["f"], hp["stride"]
    out = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        block = A_prev[i, h:h + f, w:w + f, c]
        if mode == "max":
            y, x = np.unravel_index(block.argmax(), block.shape)
            out[i, h + y, w + x, c] += dA[i, h, w, c]
        else:
            out[i, h:h + f, w:w + f, c] += dA[i, h, w, c] / f ** 2
    return out
