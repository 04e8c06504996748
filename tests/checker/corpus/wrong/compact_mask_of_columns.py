# expect: max_mask: mask-of-rows
import numpy as np

def max_mask(x):
    return x == x.max(axis=0)
