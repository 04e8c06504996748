# expect: conv_slice: bias-missing
import numpy as np

def conv_slice(X_slice, W, b):
    return (X_slice * W).sum()
