# expect: padding: pads-every-axis
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    return np.pad(X, pad, mode="constant", constant_values=const)
