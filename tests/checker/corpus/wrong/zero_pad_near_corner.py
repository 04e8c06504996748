# expect: zero_pad: pads-one-side
import numpy as np

def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c))
    out[:, :h, :w, :] = X
    return out
