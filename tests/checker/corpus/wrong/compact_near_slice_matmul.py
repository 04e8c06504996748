# expect: conv_slice: dot-not-multiply
import numpy as np

def conv_slice(X_slice, W, b):
    return np.sum(np.dot(X_slice, W)) + b
