"""ONNX models as networks of ours, and Stridewise as a backend of ONNX."""

from stridewise.errors import missing_extra

try:
    import google.protobuf  # noqa: F401 - its absence is told here, once
    import onnx  # noqa: F401
except ImportError:
    raise missing_extra("exchange.onnx", "onnx", "onnx") from None

from stridewise.exchange.onnx.backend import StridewiseBackend
from stridewise.exchange.onnx.loading import load

__all__ = ["StridewiseBackend", "load"]
