# expect: conv_single_step: mean-not-sum
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.mean(s)
    Z = Z + b.item()
    return Z
