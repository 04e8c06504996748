# expect: create_mask_from_window: mask-of-absolute
import numpy as np

def create_mask_from_window(x):
    rows, cols = x.shape
    biggest = abs(x).max()
    mask = np.zeros((rows, cols), dtype=bool)
    for r in range(rows):
        for c in range(cols):
            if abs(x[r, c]) == biggest:
                mask[r, c] = True
    return mask
