# expect: create_mask_from_window: mask-not-boolean
import numpy as np

def create_mask_from_window(x):
    mask = np.where(x == np.max(x), x, 0)
    return mask
