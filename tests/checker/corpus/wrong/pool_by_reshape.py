# expect: pool_forward: stride-equals-f
import numpy as np

def pool_forward(A_prev, hparameters, mode="max"):
    f = hparameters["f"]
    m, H, W, C = A_prev.shape
    h, w = H // f, W // f
    blocks = A_prev[:, :h * f, :w * f].reshape(m, h, f, w, f, C)
    A = blocks.max(axis=(2, 4)) if mode == "max" else blocks.mean(axis=(2, 4))
    return A, (A_prev, hparameters)
