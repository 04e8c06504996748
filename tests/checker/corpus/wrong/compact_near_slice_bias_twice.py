# expect: conv_slice: not-recognised
import numpy as np

def conv_slice(X_slice, W, b):
    s = np.sum(X_slice * W) + b
    return s + b
