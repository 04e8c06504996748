# expect: conv_single_step: kernel-flipped
import numpy as np

def conv_single_step(x, W, b):
    return (x * W[::-1]).sum() + b[0, 0, 0]
