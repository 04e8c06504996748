# expect: zero_pad: pads-with-other-value
import numpy as np

def zero_pad(X, pad):
    h, w = X.shape[1:3]
    rows = np.clip(np.arange(-pad, h + pad), 0, h - 1)
    cols = np.clip(np.arange(-pad, w + pad), 0, w - 1)
    return X[:, rows][:, :, cols]
