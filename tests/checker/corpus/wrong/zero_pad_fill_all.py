# expect: zero_pad: pads-every-axis
import numpy as np

def zero_pad(images, pad):
    m, h, w, c = images.shape
    out = np.zeros((m + 2 * pad, h + 2 * pad, w + 2 * pad, c + 2 * pad))
    out[pad:pad + m, pad:pad + h, pad:pad + w, pad:pad + c] = images
    return out
