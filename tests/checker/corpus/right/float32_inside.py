# expect: right
import numpy as np

def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0))).astype(np.float32)
    w, f = W.astype(np.float32), W.shape[0]
    n_H, n_W = (x.shape[1] - f) // s + 1, (x.shape[2] - f) // s + 1
    Z = np.zeros((len(x), n_H, n_W, W.shape[3]))
    for i in range(n_H):
        for j in range(n_W):
            Z[:, i, j] = np.tensordot(x[:, i * s:i * s + f, j * s:j * s + f], w, 3) + b[0, 0, 0]
    return Z, (A_prev, W, b, hparameters)


def conv_single_step(a_slice_prev, W, b):
    return float(np.sum(a_slice_prev.astype(np.float32) * W.astype(np.float32)) + np.float32(b[0, 0, 0]))


def distribute_value(dz, shape):
    return np.ones(shape) * np.float32(dz / (shape[0] * shape[1]))
