# expect: distribute_value: distribute-undivided
import numpy as np

def distribute_value(dz, shape):
    return np.full(shape, dz)
