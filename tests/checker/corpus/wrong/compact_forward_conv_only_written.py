# expect: forward: kernel-flipped
import numpy as np

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
    if mode != "conv":
        raise NotImplementedError("pooling comes tomorrow")
    m, H, V, _ = X.shape
    Xp = padding(X, pad, 4)
    Z = np.zeros((m, (H + 2 * pad - f) // stride + 1, (V + 2 * pad - f) // stride + 1, W.shape[3]))
    K = W[::-1, ::-1]
    for i, h, w, c in np.ndindex(Z.shape):
        Z[i, h, w, c] = np.sum(Xp[i, h * stride:h * stride + f, w * stride:w * stride + f] * K[..., c]) + b[0, 0, 0, c]
    return Z, (X, W, b, pad, stride, f)
