# expect: right
import numpy as np

create_mask_from_window = lambda x: x == np.max(x)
distribute_value = lambda dz, shape: np.full(shape, dz / (shape[0] * shape[1]))
