# expect: distribute_value: distribute-undivided
import numpy as np

def max_mask(x):
    return x == np.max(x)


def distribute_value(dz, shape):
    return dz * np.ones(shape)
