# expect: create_mask_from_window: mask-not-boolean
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros_like(x)
    mask[x == x.max()] = 1.0
    return mask
