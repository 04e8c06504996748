# expect: forward: bias-per-element, stride-ignored
import numpy as np

def conv_slice(X_slice, W, b):
    Z = np.sum(np.multiply(X_slice, W))
    return Z + float(np.squeeze(b))


def padding(X, pad=1, dims=3, const=0):
    """Put a border of const around X."""
    if dims == 1:
        return np.pad(X, (pad, pad), mode="constant", constant_values=const)
    elif dims == 2:
        return np.pad(X, ((pad, pad), (pad, pad)), mode="constant", constant_values=const)
    elif dims == 3:
        return np.pad(X, ((pad, pad), (pad, pad), (0, 0)), mode="constant", constant_values=const)
    elif dims == 4:
        return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="constant", constant_values=const)


def forward(X, W, b, pad, stride, f, mode="conv"):
    m, n_H_prev, n_W_prev, n_C_prev = X.shape
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
    n_C = W.shape[3] if mode == "conv" else n_C_prev
    Z = np.zeros((m, n_H, n_W, n_C))
    const = -np.inf if mode == "maxpool" else 0
    X_pad = padding(X, pad, 4, const)
    for i in range(m):
        x = X_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                horiz_start = w * stride
                for c in range(n_C):
                    if mode == "conv":
                        x_slice = x[vert_start:vert_start + f, horiz_start:horiz_start + f, :]
                        Z[i, h, w, c] = np.sum(x_slice * W[:, :, :, c] + b[:, :, :, c])
                    elif mode == "maxpool":
                        Z[i, h, w, c] = np.max(x[h:h + f, w:w + f, c])
                    elif mode == "avepool":
                        Z[i, h, w, c] = np.mean(x[h:h + f, w:w + f, c])
    cache = (X, W, b, pad, stride, f)
    return Z, cache
