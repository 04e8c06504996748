# expect: conv_single_step: bias-per-element
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W) + b
    Z = np.sum(s)
    return Z
