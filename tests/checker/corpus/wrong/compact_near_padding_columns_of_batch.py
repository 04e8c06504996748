# expect: padding: pads-wrong-axes
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    p, o = (pad, pad), (0, 0)
    widths = {1: [p], 2: [p, p], 3: [p, p, o], 4: [o, o, p, o]}[dims]
    return np.pad(X, widths, constant_values=const)
