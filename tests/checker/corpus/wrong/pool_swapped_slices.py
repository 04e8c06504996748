# expect: pool_forward: axes-swapped
import numpy as np

def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    oh, ow = (H - f) // s + 1, (W - f) // s + 1
    op = np.max if mode == "max" else np.mean
    A = np.empty((m, oh, ow, C))
    for i in range(oh):
        for j in range(ow):
            A[:, i, j, :] = op(A_prev[:, j * s:j * s + f, i * s:i * s + f, :], axis=(1, 2))
    return A, (A_prev, hparameters)
