# expect: backward: not-recognised
import numpy as np

def backward(dZ, cache):
    X, W, b, pad, stride, f = cache
    P = np.pad(X, ((0,0),(pad,pad),(0,0),(0,0)))
    dP = np.zeros(P.shape); dW = np.zeros(W.shape); db = np.zeros(b.shape)
    m, n_H, n_W, n_C = dZ.shape
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    g = dZ[i,h,w,c]
                    sl = np.s_[i, h*stride:h*stride+f, w*stride:w*stride+f]
                    dP[sl] += g*W[...,c]
                    dW[...,c] += g*P[sl]
                    db[...,c] += g
    return dP[:, pad:dP.shape[1]-pad, pad:dP.shape[2]-pad], dW, db
def max_mask(x):
    return x == x.max()
