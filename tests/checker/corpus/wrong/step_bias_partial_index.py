# expect: conv_single_step: bias-not-scalar
import numpy as np

def conv_single_step(x, W, b):
    return (x * W).sum() + b[0]
