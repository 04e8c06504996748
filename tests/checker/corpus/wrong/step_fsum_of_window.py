# expect: conv_single_step: array-not-number
import numpy as np
import math
def conv_single_step(a_slice_prev, W, b):
    return math.fsum(a_slice_prev * W) + float(b[0,0,0])
