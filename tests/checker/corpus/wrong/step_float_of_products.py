# expect: conv_single_step: array-not-number
import numpy as np
def conv_single_step(a_slice_prev, W, b):
    return float(a_slice_prev * W) + b.item()
