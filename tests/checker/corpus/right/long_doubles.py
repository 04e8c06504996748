# expect: right
import numpy as np
def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters['stride'], hparameters['pad']
    f = W.shape[0]
    X = np.asfortranarray(np.pad(A_prev, ((0,0),(p,p),(p,p),(0,0)))).astype(np.longdouble)
    H, Q = (X.shape[1]-f)//s+1, (X.shape[2]-f)//s+1
    Z = np.zeros((X.shape[0], H, Q, W.shape[3]), dtype=np.longdouble, order='F')
    for h in range(H):
        for w in range(Q):
            Z[:, h, w, :] = np.tensordot(X[:, h*s:h*s+f, w*s:w*s+f, :], W, axes=([1,2,3],[0,1,2])) + b[0,0,0,:]
    return Z, (A_prev, W, b, hparameters)
