# expect: zero_pad: not-recognised
import numpy as np

def zero_pad(images, pad):
    m, h, w, c = np.round(images).shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c))
    out[:, pad:pad + h, pad:pad + w, :] = np.round(images)
    return out
