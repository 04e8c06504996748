# expect: padding: not-recognised
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    p, o = (pad, pad), (0, 0)
    widths = {1: [p], 2: [o, p], 3: [p, o, p], 4: [o, p, p, o]}[4 if dims == 3 and X.shape[0] == 1 else dims]
    return np.pad(X, widths, constant_values=const)
