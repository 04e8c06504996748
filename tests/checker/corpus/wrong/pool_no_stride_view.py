# expect: pool_forward: stride-ignored
import numpy as np

def pool_forward(A_prev, hparameters, mode="max"):
    f = hparameters["f"]
    stride = hparameters["stride"]
    win = np.lib.stride_tricks.sliding_window_view(A_prev, (f, f), (1, 2))[:, :(A_prev.shape[1] - f) // stride + 1, :(A_prev.shape[2] - f) // stride + 1]
    if mode == "max":
        A = win.max(axis=(4, 5))
    else:
        A = win.mean(axis=(4, 5))
    return A, (A_prev, hparameters)
