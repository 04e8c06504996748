# expect: backward: stride-ignored
import numpy as np

def backward(dZ, cache):
    X, W, b, pad, s, f = cache
    H, V = X.shape[1], X.shape[2]
    P = np.pad(X, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    dP, dW = np.zeros_like(P), np.zeros_like(W)
    for i in range(dZ.shape[1]):
        for j in range(dZ.shape[2]):
            g = dZ[:, i, j]
            dP[:, i:i + f, j:j + f] += np.einsum("nk,abck->nabc", g, W)
            dW += np.einsum("nabc,nk->abck", P[:, i:i + f, j:j + f], g)
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    return dP[:, pad:H + pad, pad:V + pad], dW, db
