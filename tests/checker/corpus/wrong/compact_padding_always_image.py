# expect: padding: dims-ignored
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    return np.pad(X, ((pad, pad), (pad, pad), (0, 0)), "constant", constant_values=const)
