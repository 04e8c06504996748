# expect: conv_single_step: not-recognised
import numpy as np

def conv_single_step(window, W, b):
    total = 0.0
    f1, f2, channels = window.shape
    for i in range(f1):
        for j in range(f2):
            for k in range(channels):
                total += window[i, j, k] * W[i, j, k]
    return total / (f1 * f2) + float(b[0, 0, 0])
