# expect: pool_backward: padded-index-on-unpadded
import numpy as np

def pool_backward(dA, cache, mode="max"):
    A_prev, hp = cache
    f, s = hp["f"], hp["stride"]
    pad = f // 2
    out = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        y, x = max(h * s - pad, 0), max(w * s - pad, 0)
        block = A_prev[i, y:h * s - pad + f, x:w * s - pad + f, c]
        g = dA[i, h, w, c]
        if mode == "max":
            out[i, y:h * s - pad + f, x:w * s - pad + f, c] += (block == block.max()) * g
        else:
            out[i, y:h * s - pad + f, x:w * s - pad + f, c] += g / f**2
    return out
