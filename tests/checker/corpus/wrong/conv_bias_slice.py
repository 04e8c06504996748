# expect: conv_forward: array-not-number
import numpy as np

def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    N, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    out_h = (H + 2 * p - f) // s + 1
    out_w = (Wd + 2 * p - f) // s + 1
    Z = np.zeros((N, out_h, out_w, K))
    for n in range(N):
        for k in range(K):
            for i in range(out_h):
                for j in range(out_w):
                    patch = x[n, i * s:i * s + f, j * s:j * s + f]
                    Z[n, i, j, k] = np.sum(patch * W[..., k]) + b[0, 0, 0]
    return Z, (A_prev, W, b, hparameters)
