"""Libraries that stand beside Stridewise: one file each, none of them needed."""

from __future__ import annotations

from stridewise.benchmark.peers.jax import Jax
from stridewise.benchmark.peers.onnxruntime import OnnxRuntime
from stridewise.benchmark.peers.peer import Peer, Rival
from stridewise.benchmark.peers.scipy import SciPy
from stridewise.benchmark.peers.torch import Torch

__all__ = ["PEERS", "Jax", "OnnxRuntime", "Peer", "Rival", "SciPy", "Torch"]

# In the order of the table's columns. A new peer is one file, and its line here.
PEERS: dict[str, type[Peer]] = {peer.name: peer for peer in (Torch, OnnxRuntime, Jax, SciPy)}
