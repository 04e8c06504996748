# expect: create_mask_from_window: mask-not-boolean
import numpy as np

def create_mask_from_window(x):
    mask = (x == np.max(x)).astype(int)
    return mask
