# expect: distribute_value: distribute-wrong-count
import numpy as np

def distribute_value(dz, shape):
    n_H, n_W = shape
    average = dz / n_W
    a = np.ones(shape) * average
    return a
