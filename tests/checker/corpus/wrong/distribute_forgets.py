# expect: distribute_value: distribute-forgets-dz
import numpy as np

def distribute_value(dz, shape):
    return np.full(shape, 1.0 / np.prod(shape))
