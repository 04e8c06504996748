# expect: create_mask_from_window: mask-of-rows
import numpy as np

def create_mask_from_window(x):
    mask = (x == np.max(x, axis=1, keepdims=True))
    return mask
