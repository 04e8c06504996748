# expect: conv_backward: dw-from-unpadded
import numpy as np

def conv_backward(dZ, cache):
    A_prev, W, b, hp = cache
    s, p, f = hp["stride"], hp["pad"], W.shape[0]
    P = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    dP, dW = np.zeros(P.shape), np.zeros(W.shape)
    for i, h, w, c in np.ndindex(dZ.shape):
        y, x, g = h * s, w * s, dZ[i, h, w, c]
        dP[i, y:y + f, x:x + f] += W[..., c] * g
        piece = A_prev[i, y:y + f, x:x + f]
        dW[:piece.shape[0], :piece.shape[1], :, c] += piece * g
    H, V = A_prev.shape[1:3]
    return dP[:, p:p + H, p:p + V], dW, dZ.sum((0, 1, 2), keepdims=True)
