# expect: zero_pad: pads-every-axis
import numpy as np

def zero_pad(X, pad):
    """X: batch of images (m, n_H, n_W, n_C)."""
    X_pad = np.pad(X, ((pad, pad), (pad, pad), (pad, pad), (pad, pad)), mode="constant", constant_values=0)
    return X_pad
