"""What happens in a network, as plain data: every array on the way forward, every gradient back."""

from stridewise.traces.blocks import record_conv2d, record_pool2d
from stridewise.traces.record import record_network
from stridewise.traces.schema import SCHEMA, Trace

__all__ = ["SCHEMA", "Trace", "record_conv2d", "record_network", "record_pool2d"]
