# expect: padding: const-ignored
import numpy as np

def padding(X, pad=1, dims=3, const=0):
    """Put a border of const around X."""
    if dims == 1:
        return np.pad(X, (pad, pad), mode="constant")
    elif dims == 2:
        return np.pad(X, ((pad, pad), (pad, pad)), mode="constant")
    elif dims == 3:
        return np.pad(X, ((pad, pad), (pad, pad), (0, 0)), mode="constant")
    elif dims == 4:
        return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="constant")
