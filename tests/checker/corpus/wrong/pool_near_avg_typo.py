# expect: pool_forward: mode-without-branch
import numpy as np

def pool_forward(A_prev, hparameters, mode="max"):
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    n_H = int(1 + (n_H_prev - f) / stride)
    n_W = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        for h in range(n_H):
            v0 = h * stride
            v1 = v0 + f
            for w in range(n_W):
                u0 = w * stride
                u1 = u0 + f
                for c in range(n_C):
                    piece = A_prev[i, v0:v1, u0:u1, c]
                    if mode == "max":
                        A[i, h, w, c] = np.max(piece)
                    elif mode == "avg":
                        A[i, h, w, c] = np.mean(piece)
    cache = (A_prev, hparameters)
    return A, cache
