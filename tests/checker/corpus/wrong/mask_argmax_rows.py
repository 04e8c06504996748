# expect: create_mask_from_window: mask-of-rows
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.arange(x.shape[0]), x.argmax(axis=1)] = True
    return mask
