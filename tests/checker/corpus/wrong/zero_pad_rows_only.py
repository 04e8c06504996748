# expect: zero_pad: pads-wrong-axes
import numpy as np

def zero_pad(X, pad):
    """X: batch of images (m, n_H, n_W, n_C)."""
    X_pad = np.pad(X, ((0, 0), (pad, pad), (0, 0), (0, 0)), mode="constant", constant_values=0)
    return X_pad
