# expect: max_mask: mask-of-absolute
import numpy as np

def max_mask(x):
    return np.abs(x) == np.abs(x).max()
