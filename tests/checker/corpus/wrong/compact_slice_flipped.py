# expect: conv_slice: kernel-flipped
import numpy as np

def conv_slice(X_slice, W, b):
    return np.sum(X_slice * W[::-1, ::-1]) + b
