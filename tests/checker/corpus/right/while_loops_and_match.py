# expect: right
import numpy as np
def conv_forward(A_prev, W, b, hparameters):
    match hparameters:
        case {"stride": s, "pad": p}:
            pass
    f = W.shape[0]
    X = np.pad(A_prev, ((0,)*2, (p,)*2, (p,)*2, (0,)*2))
    flatW = np.moveaxis(W, -1, 0).reshape(W.shape[-1], -1)
    rows = []
    for x in X:
        r = 0
        lines = []
        while r + f <= x.shape[0]:
            q = 0
            line = []
            while q + f <= x.shape[1]:
                line.append(flatW @ x[r:r+f, q:q+f].ravel() + b.ravel())
                q += s
            lines.append(line)
            r += s
        rows.append(lines)
    return np.asarray(rows), (A_prev, W, b, hparameters)
