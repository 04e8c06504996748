# expect: padding: returns-nothing
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    p = (pad, pad)
    if dims == 4:
        X = np.pad(X, ((0, 0), p, p, (0, 0)), constant_values=const)
