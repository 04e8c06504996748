# expect: right
import numpy as np
def conv_single_step(a_slice_prev, W, b):
    def total(a, w):
        if a.size == 1:
            return a[0] * w[0]
        k = a.size // 2
        return total(a[:k], w[:k]) + total(a[k:], w[k:])
    return total(a_slice_prev.ravel(), W.ravel()) + b.item()
def create_mask_from_window(x):
    return x >= x.max()
def distribute_value(dz, shape):
    n_H, n_W = shape
    if n_H == 0: return np.zeros(shape)
    return np.array([[dz / (n_H * n_W)] * n_W for _ in range(n_H)])
