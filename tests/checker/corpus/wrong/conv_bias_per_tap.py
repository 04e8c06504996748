# expect: conv_forward: not-recognised
import numpy as np

def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    P = np.pad(A_prev, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    n_H = (P.shape[1] - f) // stride + 1
    n_W = (P.shape[2] - f) // stride + 1
    Z = np.zeros((A_prev.shape[0], n_H, n_W, W.shape[3]))
    for r in range(f):
        for q in range(f):
            rows = slice(r, r + stride * (n_H - 1) + 1, stride)
            cols = slice(q, q + stride * (n_W - 1) + 1, stride)
            Z += np.tensordot(P[:, rows, cols], W[r, q], axes=([3], [0])) + b
    return Z, (A_prev, W, b, hparameters)
