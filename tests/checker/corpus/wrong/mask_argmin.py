# expect: create_mask_from_window: mask-of-minimum
import numpy as np

def create_mask_from_window(x):
    rows, cols = x.shape
    biggest = x.min()
    mask = np.zeros((rows, cols), dtype=bool)
    for r in range(rows):
        for c in range(cols):
            if x[r, c] == biggest:
                mask[r, c] = True
    return mask
