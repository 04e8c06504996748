# expect: conv_slice: mean-not-sum
import numpy as np

def conv_slice(X_slice, W, b):
    return np.mean(X_slice * W) + b
