"""Where we accept on purpose what PyTorch refuses; every entry is met by one of its samples."""

from typing import NamedTuple


class Difference(NamedTuple):
    """``op`` is a part of the operator's name, ``says`` of the error, ``shape`` the input's."""

    op: str
    says: str
    what: str
    why: str
    shape: tuple[int, ...] | None = None


DIFFERENCES = [
    Difference(
        "conv",
        "should be the same",
        "arrays of different dtypes, none of them complex",
        "mixed dtypes follow numpy.result_type",
    ),
    Difference(
        "conv",
        "padding='same' is not supported for strided convolutions",
        'padding="same" with a stride',
        "the size is that of ONNX and TensorFlow: ceil(size / stride)",
    ),
    Difference(
        "max_pool1d",
        "pad should be at most half of effective kernel size",
        "padding beyond half of the window",
        "a window that still meets an element has a maximum",
    ),
    Difference(
        "max_pool1d",
        "with optional 0 dim batch size",
        "no channels, in one dimension",
        "only space must not be empty: the result is as empty as the input",
        (0, 10),
    ),
    Difference(
        "max_pool3d",
        "non-batch dimensions to have positive length",
        "no channels, in three dimensions",
        "only space must not be empty: the result is as empty as the input",
        (0, 1, 2, 10),
    ),
    Difference(
        "hardtanh",
        "min_val cannot be greater than max_val",
        "bounds in the wrong order",
        "as in NumPy and ONNX: everything becomes the upper bound",
    ),
]
