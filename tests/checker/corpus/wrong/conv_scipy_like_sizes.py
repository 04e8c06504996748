# expect: conv_forward: size-formula
import numpy as np

def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    rows = range(0, x.shape[1] - f, s)
    cols = range(0, x.shape[2] - f, s)
    Z = np.zeros((len(x), len(rows), len(cols), W.shape[3]))
    for h, top in enumerate(rows):
        for w, left in enumerate(cols):
            Z[:, h, w] = np.tensordot(x[:, top:top + f, left:left + f], W, 3) + b[0, 0, 0]
    return Z, (A_prev, W, b, hparameters)
