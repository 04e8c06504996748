# expect: create_mask_from_window: mask-not-boolean
import numpy as np

def create_mask_from_window(x):
    rows, cols = x.shape
    biggest = x.max()
    mask = np.zeros((rows, cols))
    for r in range(rows):
        for c in range(cols):
            if x[r, c] == biggest:
                mask[r, c] = 1
    return mask
