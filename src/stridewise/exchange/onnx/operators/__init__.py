"""What each ONNX operator means here: a family a file."""

from stridewise.exchange.onnx.operators import (  # noqa: F401 - importing enters the translators
    activation,
    arithmetic,
    convolution,
    framing,
    indexing,
    matrices,
    normalisation,
    pooling,
    reducing,
    resizing,
    shaping,
)
from stridewise.exchange.onnx.operators.registry import TRANSLATORS

__all__ = ["TRANSLATORS"]
