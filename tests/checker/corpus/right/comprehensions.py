# expect: right
import numpy as np

def zero_pad(X, pad):
    return np.array([np.pad(x, [(pad, pad), (pad, pad), (0, 0)]) for x in X])


def conv_single_step(a_slice_prev, W, b):
    return sum(a * w for a, w in zip(a_slice_prev.flat, W.flat)) + b.flat[0]


def conv_forward(A_prev, W, b, hparameters):
    s, f = hparameters["stride"], W.shape[0]
    P = zero_pad(A_prev, hparameters["pad"])
    ys = range(0, P.shape[1] - f + 1, s)
    xs = range(0, P.shape[2] - f + 1, s)
    Z = np.array([[[[
        conv_single_step(p[y:y + f, x:x + f], W[..., c], b[..., c])
        for c in range(W.shape[3])] for x in xs] for y in ys] for p in P])
    return Z, (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    fn = max if mode == "max" else lambda v: sum(v) / len(v)
    ys = range(0, A_prev.shape[1] - f + 1, s)
    xs = range(0, A_prev.shape[2] - f + 1, s)
    A = [[[[fn(list(a[y:y + f, x:x + f, c].ravel())) for c in range(a.shape[2])] for x in xs] for y in ys] for a in A_prev]
    return np.array(A), (A_prev, hparameters)


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    s, p, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    P = zero_pad(A_prev, p)
    G = np.zeros(P.shape)
    K = np.zeros(W.shape)
    for (i, h, w, c), g in np.ndenumerate(dZ):
        y, x = h * s, w * s
        K[..., c] += P[i, y:y + f, x:x + f] * g
        G[i, y:y + f, x:x + f] += W[..., c] * g
    m, H, V, C = A_prev.shape
    return G[:, p:H + p, p:V + p, :], K, np.array([[[[dZ[..., c].sum() for c in range(dZ.shape[3])]]]])


def create_mask_from_window(x):
    top = max(max(row) for row in x)
    return np.array([[bool(v == top) for v in row] for row in x])


def distribute_value(dz, shape):
    rows, columns = shape
    return np.tile(dz / (rows * columns), shape)


def pool_backward(dA, cache, mode="max"):
    (A_prev, hparameters) = cache
    s, f = hparameters["stride"], hparameters["f"]
    grad = np.zeros_like(A_prev)
    for (i, h, w, c), g in np.ndenumerate(dA):
        window = A_prev[i, h * s:h * s + f, w * s:w * s + f, c]
        piece = grad[i, h * s:h * s + f, w * s:w * s + f, c]
        piece += {"max": lambda: create_mask_from_window(window) * g,
                  "average": lambda: distribute_value(g, window.shape)}[mode]()
    return grad
