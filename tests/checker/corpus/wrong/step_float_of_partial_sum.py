# expect: conv_single_step: array-not-number
import numpy as np
def conv_single_step(a_slice_prev, W, b):
    return float(np.sum(a_slice_prev * W, axis=0)) + float(b[0,0,0])
