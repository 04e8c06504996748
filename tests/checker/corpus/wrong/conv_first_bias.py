# expect: conv_forward: first-bias-only
import numpy as np

def zero_pad(X, pad):
    """X: batch of images (m, n_H, n_W, n_C)."""
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="constant", constant_values=0)
    return X_pad


def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s)
    Z = Z + b.item()
    return Z


def conv_forward(A_prev, W, b, hparameters):
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):
        image = A_prev_pad[i]
        for h in range(n_H):
            top = h * stride
            bottom = top + f
            for w in range(n_W):
                left = w * stride
                right = left + f
                for c in range(n_C):
                    window = image[top:bottom, left:right, :]
                    Z[i, h, w, c] = conv_single_step(window, W[:, :, :, c], b[:, :, :, 0])
    cache = (A_prev, W, b, hparameters)
    return Z, cache
