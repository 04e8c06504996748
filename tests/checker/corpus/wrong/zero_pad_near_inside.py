# expect: zero_pad: not-recognised
import numpy as np

def zero_pad(X, pad):
    out = X.copy()
    if pad:
        out[:, :pad] = out[:, -pad:] = 0
        out[:, :, :pad] = out[:, :, -pad:] = 0
    return out
