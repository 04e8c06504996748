# expect: pool_forward: size-formula
import numpy as np

def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    op = {"max": np.max, "average": np.mean}[mode]
    rows, cols = (range(0, n - f, s) for n in A_prev.shape[1:3])
    A = np.zeros((len(A_prev), len(rows), len(cols), A_prev.shape[3]))
    for h, y in enumerate(rows):
        for w, x in enumerate(cols):
            A[:, h, w] = op(A_prev[:, y:y + f, x:x + f], axis=(1, 2))
    return A, (A_prev, hparameters)
