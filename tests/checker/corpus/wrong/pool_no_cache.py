# expect: pool_forward: wrong-number-of-results
import numpy as np

def pool_forward(A_prev, hparameters, mode="max"):
    f = hparameters["f"]
    stride = hparameters["stride"]
    win = np.lib.stride_tricks.sliding_window_view(A_prev, (f, f), (1, 2))[:, ::stride, ::stride]
    if mode == "max":
        A = win.max(axis=(4, 5))
    else:
        A = win.mean(axis=(4, 5))
    return A
