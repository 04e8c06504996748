# expect: create_mask_from_window: mask-of-rows
import numpy as np

def create_mask_from_window(x):
    rows, cols = x.shape
    mask = np.zeros((rows, cols), dtype=bool)
    for r in range(rows):
        biggest = max(x[r])
        for c in range(cols):
            if x[r, c] == biggest:
                mask[r, c] = True
    return mask
