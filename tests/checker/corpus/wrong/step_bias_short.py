# expect: conv_single_step: bias-per-element
import numpy as np

def conv_single_step(x, W, b):
    return (x * W + b).sum()
