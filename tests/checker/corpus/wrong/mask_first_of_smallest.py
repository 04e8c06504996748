# expect: create_mask_from_window: mask-of-minimum
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.unravel_index(np.argmin(x), x.shape)] = True
    return mask
