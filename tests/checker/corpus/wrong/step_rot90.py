# expect: conv_single_step: kernel-flipped
import numpy as np

def conv_single_step(x, W, b):
    return (x * np.rot90(W, 2)).sum() + b[0, 0, 0]
