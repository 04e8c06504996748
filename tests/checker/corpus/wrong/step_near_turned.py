# expect: conv_single_step: kernel-transposed
import numpy as np

def conv_single_step(x, W, b):
    return (x * W.transpose(1, 0, 2)).sum() + b[0, 0, 0]
