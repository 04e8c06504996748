# expect: create_mask_from_window: mask-of-rows
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    for column in range(x.shape[1]):
        mask[np.argmax(x[:, column]), column] = True
    return mask
