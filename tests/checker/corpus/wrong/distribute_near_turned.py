# expect: distribute_value: not-recognised
import numpy as np

def distribute_value(dz, shape):
    return np.full(shape[::-1], dz / np.prod(shape))
