# expect: zero_pad: pads-with-other-value
import numpy as np

def zero_pad(images, pad):
    m, h, w, c = images.shape
    out = np.ones((m, h + 2 * pad, w + 2 * pad, c))
    out[:, pad:pad + h, pad:pad + w, :] = images
    return out
