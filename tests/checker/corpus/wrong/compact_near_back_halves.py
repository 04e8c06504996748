# expect: backward: not-recognised
import numpy as np

def backward(dZ, cache):
    X, W, b, pad, s, f = cache
    H, V = X.shape[1], X.shape[2]
    P = np.pad(X, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    dP, dW = np.zeros_like(P), np.zeros_like(W)
    for i in range(dZ.shape[1]):
        for j in range(dZ.shape[2]):
            g = dZ[:, i, j]
            dP[:, i * s:i * s + f, j * s:j * s + f] += np.einsum("nk,abck->nabc", g, W)
            dW += np.einsum("nabc,nk->abck", P[:, i * s:i * s + f, j * s:j * s + f], g)
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    return dP[:, pad:H + pad, pad:V + pad] / 2, dW, db
