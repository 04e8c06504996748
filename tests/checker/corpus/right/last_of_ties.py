# expect: right
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    at = x.size - 1 - np.argmax(x.ravel()[::-1])
    mask.flat[at] = True
    return mask
