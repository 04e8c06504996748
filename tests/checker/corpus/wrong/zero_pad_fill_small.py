# expect: zero_pad: pads-one-side
import numpy as np

def zero_pad(images, pad):
    m, h, w, c = images.shape
    out = np.zeros((m, h + pad, w + pad, c))
    out[:, pad:, pad:, :] = images
    return out
