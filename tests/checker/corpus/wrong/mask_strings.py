# expect: create_mask_from_window: not-recognised
import numpy as np

def create_mask_from_window(x):
    mask = np.where(x == np.max(x), "True", "False")
    return mask
