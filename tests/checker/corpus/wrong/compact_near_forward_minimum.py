# expect: forward: not-recognised
import numpy as np

def forward(X, W, b, pad, stride, f, mode="conv"):
    N, H, V, C = X.shape
    oh, ow = (H + 2 * pad - f) // stride + 1, (V + 2 * pad - f) // stride + 1
    fill = {"conv": 0.0, "maxpool": np.inf, "avepool": 0.0}[mode]
    P = np.full((N, H + 2 * pad, V + 2 * pad, C), fill)
    P[:, pad:pad + H, pad:pad + V] = X
    out = []
    for i in range(oh):
        row = []
        for j in range(ow):
            win = P[:, i * stride:i * stride + f, j * stride:j * stride + f]
            if mode == "conv":
                row.append(np.tensordot(win, W, axes=3) + b[0, 0, 0])
            elif mode == "maxpool":
                row.append(win.min(axis=(1, 2)))
            else:
                row.append(win.sum(axis=(1, 2)) / f**2)
        out.append(np.stack(row, axis=1))
    return np.stack(out, axis=1), (X, W, b, pad, stride, f)
