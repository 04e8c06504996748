# expect: right
import numpy as np

import copy

import matplotlib.pyplot as plt

plt.rcParams["figure.figsize"] = (5.0, 4.0)
np.random.seed(1)


def zero_pad(X: np.ndarray, pad: int) -> np.ndarray:
    assert X.ndim == 4, "four axes"
    frame = {"mode": "constant", "constant_values": (0, 0)}
    return np.pad(copy.deepcopy(X), ((0, 0), (pad, pad), (pad, pad), (0, 0)), **frame)


x = np.random.randn(4, 3, 3, 2)
x_pad = zero_pad(x, 3)
print("x_pad.shape =", x_pad.shape)
fig, axarr = plt.subplots(1, 2)
axarr[0].imshow(x[0, :, :, 0])


def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W
    Z = s.sum(axis=0).sum(axis=0).sum(axis=0)
    return float(Z) + float(np.squeeze(b))


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = (hparameters[key] for key in ("stride", "pad"))
    f = W.shape[0]
    A_pad = zero_pad(A_prev, pad)
    n_H = int(np.floor((A_prev.shape[1] - f + 2 * pad) / stride + 1))
    n_W = int(np.floor((A_prev.shape[2] - f + 2 * pad) / stride + 1))
    Z = np.zeros((A_prev.shape[0], n_H, n_W, W.shape[3]), order="F")
    for i, a in enumerate(A_pad):
        vert_start = 0
        for h in range(n_H):
            horiz_start = 0
            for w in range(n_W):
                for c in range(W.shape[3]):
                    piece = a[vert_start:vert_start + f, horiz_start:horiz_start + f]
                    Z[i][h][w][c] = conv_single_step(piece, W[..., c], b[..., c])
                horiz_start += stride
            vert_start += stride
    print("Z mean:", np.mean(Z))
    return (Z, (A_prev, W, b, hparameters))


def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    dims = [int((n - f) / stride + 1) for n in A_prev.shape[1:3]]
    A = np.zeros([len(A_prev), *dims, A_prev.shape[-1]])
    i = 0
    while i < len(A_prev):
        for h in range(dims[0]):
            for w in range(dims[1]):
                block = A_prev[i, h * stride:, w * stride:, :][:f, :f]
                if mode == "average":
                    A[i, h, w] = np.mean(np.mean(block, axis=0), axis=0)
                else:
                    A[i, h, w] = block.max(0).max(0)
        i += 1
    assert A.shape == (A_prev.shape[0], dims[0], dims[1], A_prev.shape[3])
    return A, (A_prev, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad, f = hparameters["stride"], hparameters["pad"], W.shape[1]
    images = zero_pad(A_prev, pad)
    grads = [np.zeros(images.shape), np.zeros(W.shape), np.zeros((1, 1, 1, dZ.shape[3]))]
    for i in range(len(dZ)):
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                box = (i, slice(h * stride, h * stride + f), slice(w * stride, w * stride + f))
                for c in range(dZ.shape[3]):
                    grads[0][box] = grads[0][box] + W[:, :, :, c] * dZ[i, h, w, c]
                    grads[1][:, :, :, c] = grads[1][:, :, :, c] + images[box] * dZ[i, h, w, c]
                    grads[2][0, 0, 0, c] = grads[2][0, 0, 0, c] + dZ[i, h, w, c]
    if pad:
        grads[0] = grads[0][:, pad:-pad, pad:-pad, :]
    return grads[0], grads[1], grads[2]


def create_mask_from_window(x):
    return np.where(x == np.max(x), True, False)


def distribute_value(dz, shape):
    (n_H, n_W) = shape
    return dz * np.ones((n_H, n_W)) / (n_H * n_W)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = A_prev * 0.0
    for i in range(dA.shape[0]):
        for c in range(dA.shape[3]):
            for h in range(dA.shape[1]):
                for w in range(dA.shape[2]):
                    target = dA_prev[i, h * stride:h * stride + f, w * stride:w * stride + f, c]
                    source = A_prev[i, h * stride:h * stride + f, w * stride:w * stride + f, c]
                    d = dA[i, h, w, c]
                    target += np.multiply(create_mask_from_window(source), d) if mode == "max" else distribute_value(d, (f, f))
    return dA_prev


if __name__ == "__main__":
    Z, cache = conv_forward(x, np.random.randn(2, 2, 2, 8), np.random.randn(1, 1, 1, 8), {"pad": 1, "stride": 2})
    print(conv_backward(Z, cache)[1].shape)
