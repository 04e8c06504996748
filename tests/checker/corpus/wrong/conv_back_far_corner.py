# expect: conv_backward: crop-from-corner
import numpy as np

def conv_backward(dZ, cache):
    A, W, b, hp = cache
    s, p = hp["stride"], hp["pad"]
    f = W.shape[0]
    widths = ((0, 0), (p, p), (p, p), (0, 0))
    X = np.pad(A, widths)
    dX = np.zeros(X.shape)
    dW = np.zeros(W.shape)
    for i in range(dZ.shape[1]):
        for j in range(dZ.shape[2]):
            y, x = i * s, j * s
            g = dZ[:, i, j, :]
            dX[:, y:y + f, x:x + f, :] += np.tensordot(g, W, axes=([1], [3]))
            dW += np.tensordot(X[:, y:y + f, x:x + f, :], g, axes=([0], [0]))
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    dA = dX[:, 2 * p:, 2 * p:, :]
    return dA, dW, db
