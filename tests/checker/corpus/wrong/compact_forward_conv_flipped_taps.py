# expect: forward: kernel-flipped
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    p, o = (pad, pad), (0, 0)
    widths = {1: [p], 2: [p, p], 3: [p, p, o], 4: [o, p, p, o]}[dims]
    return np.pad(X, widths, constant_values=const)


def pooled(image, pad, s, f, oh, ow, largest):
    H, V = image.shape
    out = np.zeros((oh, ow))
    for r in range(oh):
        for q in range(ow):
            best, total = None, 0.0
            for y in range(r * s - pad, r * s - pad + f):
                for x in range(q * s - pad, q * s - pad + f):
                    if 0 <= y < H and 0 <= x < V:
                        v = image[y, x]
                        total += v
                        if best is None or v > best:
                            best = v
            out[r, q] = best if largest else total / (f * f)
    return out


def forward(X, W, b, pad, stride, f, mode="conv"):
    cache = (X, W, b, pad, stride, f)
    N, H, V, C = X.shape
    oh = 1 + (H - f + 2 * pad) // stride
    ow = 1 + (V - f + 2 * pad) // stride
    if mode != "conv":
        Z = np.zeros((N, oh, ow, C))
        for n in range(N):
            for c in range(C):
                Z[n, :, :, c] = pooled(X[n, :, :, c], pad, stride, f, oh, ow, mode == "maxpool")
        return Z, cache
    Z = np.zeros((N, oh, ow, W.shape[3])) + b
    P = padding(X, pad=pad, dims=4)
    for y in range(f):
        for x in range(f):
            part = P[:, y:y + stride * (oh - 1) + 1:stride, x:x + stride * (ow - 1) + 1:stride]
            Z = Z + part @ W[f - 1 - y, f - 1 - x]
    return Z, cache
