# expect: pool_forward: not-recognised
import numpy as np

def pool_forward(A_prev, hparameters, mode="max"):
    m, H, W, C = A_prev.shape
    f, stride = hparameters["f"], hparameters["stride"]
    nh = (H - f) // stride + 1
    nw = (W - f) // stride + 1
    A = np.zeros((m, nh, nw, C))
    for i in range(m):
        for c in range(C):
            for h in range(nh):
                for w in range(nw):
                    best = 1
                    total = 0
                    for y in range(f):
                        for x in range(f):
                            v = A_prev[i, h * stride + y, w * stride + x, c]
                            total += v
                            if v > best:
                                best = v
                    A[i, h, w, c] = best if mode == "max" else total / (f * f)
    return A, (A_prev, hparameters)
