# expect: conv_single_step: kernel-flipped
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    W = np.flip(W, axis=(0, 1))
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s)
    Z = Z + b.item()
    return Z
