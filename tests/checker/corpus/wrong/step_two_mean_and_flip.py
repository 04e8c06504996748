# expect: conv_single_step: mean-not-sum, kernel-flipped
import numpy as np

def conv_single_step(x, W, b):
    return (x * W[::-1, ::-1]).mean() + b[0, 0, 0]
