# expect: conv_slice: bias-per-element
import numpy as np

def conv_slice(X_slice, W, b):
    return np.sum(X_slice * W + b)
