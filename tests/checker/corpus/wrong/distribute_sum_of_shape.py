# expect: distribute_value: distribute-wrong-count
import numpy as np

def distribute_value(dz, shape):
    return np.full(shape, dz / sum(shape))
