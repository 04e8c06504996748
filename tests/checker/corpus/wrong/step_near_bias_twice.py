# expect: conv_single_step: bias-twice
import numpy as np

def conv_single_step(x, W, b):
    return (x * W).sum() + 2 * b[0, 0, 0]
