# expect: conv_forward: kernel-flipped
import numpy as np

def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    f, _, _, K = W.shape
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    kernel = W[::-1, ::-1].reshape(-1, K)
    Z = [[x[:, i:i + f, j:j + f].reshape(len(x), -1) @ kernel for j in range(0, x.shape[2] - f + 1, s)]
         for i in range(0, x.shape[1] - f + 1, s)]
    return np.transpose(Z, (2, 0, 1, 3)) + b, (A_prev, W, b, hparameters)
