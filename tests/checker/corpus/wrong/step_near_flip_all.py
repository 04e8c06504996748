# expect: conv_single_step: kernel-flipped
import numpy as np

def conv_single_step(x, W, b):
    return (x * np.flip(W)).sum() + b[0, 0, 0]
