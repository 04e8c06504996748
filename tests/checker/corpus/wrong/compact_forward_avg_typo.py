# expect: forward: mode-without-branch
import numpy as np

def forward(X, W, b, pad, stride, f, mode="conv"):
    m, H, Wd, C = X.shape
    n_H = (H + 2*pad - f)//stride + 1
    n_W = (Wd + 2*pad - f)//stride + 1
    const = -np.inf if mode == "maxpool" else 0
    P = np.pad(X, ((0,0),(pad,pad),(pad,pad),(0,0)), constant_values=const)
    n_C = W.shape[3] if mode == "conv" else C
    Z = np.zeros((m, n_H, n_W, n_C))
    for h in range(n_H):
        for w in range(n_W):
            win = P[:, h*stride:h*stride+f, w*stride:w*stride+f]
            if mode == "conv":
                Z[:, h, w] = np.tensordot(win, W, 3) + b[0,0,0]
            elif mode == "maxpool":
                Z[:, h, w] = win.max((1,2))
            elif mode == "avgpool":
                Z[:, h, w] = win.mean((1,2))
    return Z, (X, W, b, pad, stride, f)
