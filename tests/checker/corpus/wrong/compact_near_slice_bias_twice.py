# expect: conv_slice: bias-twice
import numpy as np

def conv_slice(X_slice, W, b):
    s = np.sum(X_slice * W) + b
    return s + b
