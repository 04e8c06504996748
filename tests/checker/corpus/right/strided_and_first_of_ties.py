# expect: right
import numpy as np

def zero_pad(X, pad):
    if pad == 0:
        return X.copy()
    m, h, w, c = X.shape
    canvas = np.zeros([m, h + 2 * pad, w + 2 * pad, c])
    canvas[:, pad:-pad, pad:-pad, :] = X
    return canvas


def conv_single_step(a_slice_prev, W, b):
    return np.array(np.vdot(a_slice_prev, W)) + b.reshape(())


def view(x, f, s):
    m, H, W, C = x.shape
    a, b, c, d = x.strides
    shape = (m, (H - f) // s + 1, (W - f) // s + 1, f, f, C)
    return np.lib.stride_tricks.as_strided(x, shape, (a, b * s, c * s, b, c, d))


def conv_forward(A_prev, W, b, hparameters):
    x = np.ascontiguousarray(zero_pad(A_prev, hparameters["pad"]))
    Z = np.einsum("mhwijc,ijck->mhwk", view(x, len(W), hparameters["stride"]), W) + b
    return Z, (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max"):
    x = view(np.ascontiguousarray(A_prev), hparameters["f"], hparameters["stride"])
    reduce = {"max": np.max, "average": np.mean}[mode]
    return reduce(x, axis=(3, 4)), (A_prev, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hp = cache
    f, s, p = len(W), hp["stride"], hp["pad"]
    x = np.ascontiguousarray(zero_pad(A_prev, p))
    dW = np.einsum("mhwijc,mhwk->ijck", view(x, f, s), dZ)
    dx = np.zeros(x.shape)
    target = view(dx, f, s)
    for h in range(dZ.shape[1]):
        for w in range(dZ.shape[2]):
            target[:, h, w] += np.einsum("mk,ijck->mijc", dZ[:, h, w], W)
    inner = dx[:, p:-p, p:-p] if p else dx
    return inner, dW, np.einsum("mhwk->k", dZ).reshape(b.shape)


def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.unravel_index(np.argmax(x), x.shape)] = True
    return mask


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.outer(np.ones(n_H) / n_H, np.ones(n_W) / n_W) * dz


def pool_backward(dA, cache, mode="max"):
    A_prev, hp = cache
    f, s = hp["f"], hp["stride"]
    out = np.zeros(A_prev.shape)
    m, H, W, C = dA.shape
    for i in range(m):
        for h in range(H):
            for w in range(W):
                for c in range(C):
                    block = A_prev[i, h * s:h * s + f, w * s:w * s + f, c]
                    if mode == "max":
                        y, x = divmod(int(block.argmax()), f)
                        out[i, h * s + y, w * s + x, c] += dA[i, h, w, c]
                    else:
                        out[i, h * s:h * s + f, w * s:w * s + f, c] += dA[i, h, w, c] / f / f
    return out
