# expect: create_mask_from_window: mask-not-boolean
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros(x.size)
    mask[x.argmax()] = 1
    return mask.reshape(x.shape)
