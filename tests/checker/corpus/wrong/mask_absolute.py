# expect: create_mask_from_window: mask-of-absolute
import numpy as np

def create_mask_from_window(x):
    mask = (np.abs(x) == np.max(np.abs(x)))
    return mask
