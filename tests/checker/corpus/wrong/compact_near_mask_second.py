# expect: max_mask: not-recognised
import numpy as np

def max_mask(x):
    return x == np.sort(x, axis=None)[-2]
