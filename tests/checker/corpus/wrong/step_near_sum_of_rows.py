# expect: conv_single_step: not-recognised
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s, axis=0)
    Z = Z + b.item()
    return Z
