# expect: right
import numpy as np
def conv_backward(dZ, cache):
    A_prev, W, b, hp = cache
    s, p, f = hp["stride"], hp["pad"], W.shape[0]
    m, H, Q, C = A_prev.shape
    n, h, w, k = dZ.shape
    D = np.zeros((m, H+2*p-f+1, Q+2*p-f+1, k))
    D[:, :s*(h-1)+1:s, :s*(w-1)+1:s] = dZ
    Dp = np.pad(D, ((0,0),(f-1,f-1),(f-1,f-1),(0,0)))
    Wf = W[::-1, ::-1]
    win = np.lib.stride_tricks.sliding_window_view(Dp, (f,f), axis=(1,2))
    dA = np.einsum("nhwkij,ijck->nhwc", win, Wf)
    A = np.pad(A_prev, ((0,0),(p,p),(p,p),(0,0)))
    winA = np.lib.stride_tricks.sliding_window_view(A, D.shape[1:3], axis=(1,2))
    dW = np.einsum("nijchw,nhwk->ijck", winA, D)
    return dA[:, p:p+H, p:p+Q], dW, dZ.sum(axis=(0,1,2))[None,None,None]
