# expect: padding: not-recognised
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    shape = list(np.shape(X))
    spatial = [0] if dims == 1 else [0, 1] if dims < 4 else [1, 2]
    for axis in spatial:
        shape[axis] += 4 * pad
    out = np.full(shape, float(const))
    inside = [slice(None)] * dims
    for axis in spatial:
        inside[axis] = slice(2 * pad, shape[axis] - 2 * pad)
    out[tuple(inside)] = X
    return out
