# expect: right
import numpy as np
def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s = hparameters['stride']; p = hparameters['pad']
    m, H, Wd, C = A_prev.shape
    f = W.shape[0]
    _, n_H, n_W, n_C = dZ.shape
    P = np.pad(A_prev, ((0,0),(p,p),(p,p),(0,0)))
    dP = np.zeros_like(P)
    dW = np.zeros_like(W)
    for i in range(f):
        for j in range(f):
            hs = slice(i, i+s*n_H, s); ws = slice(j, j+s*n_W, s)
            view = P[:, i:i+s*(n_H-1)+1:s, j:j+s*(n_W-1)+1:s]
            dP[:, i:i+s*(n_H-1)+1:s, j:j+s*(n_W-1)+1:s] += np.tensordot(dZ, W[i,j], axes=([3],[1]))
            dW[i,j] = np.tensordot(view, dZ, axes=([0,1,2],[0,1,2]))
    db = dZ.sum((0,1,2), keepdims=True)
    return dP[:, p:p+H, p:p+Wd], dW, db
