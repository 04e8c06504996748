"""Stop when the validation loss has stopped falling."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from stridewise.arrays import Array
from stridewise.networks import Graph
from stridewise.options import require_integer

__all__ = ["EarlyStopping"]


@dataclass
class EarlyStopping:
    """Watch a loss, remember the best network, and say when to give up.

    Parameters
    ----------
    patience : int
        Epochs without a better loss before training stops.
    least_gain : float
        How much lower a loss must be to count as better.

    Examples
    --------
    >>> from stridewise.layers import Dense
    >>> from stridewise.networks import Sequential
    >>> network = Sequential([Dense(2)], input_shape=(3,))
    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.should_stop(loss, network) for loss in (1.0, 0.5, 0.6, 0.5)]
    [False, False, False, True]
    """

    patience: int
    least_gain: float = 0.0
    _best: float = field(default=math.inf, init=False, repr=False)
    _waited: int = field(default=0, init=False, repr=False)
    _kept: dict[str, Array] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        require_integer("EarlyStopping", "patience", self.patience, at_least=1)

    def should_stop(self, loss: float, network: Graph) -> bool:
        """Take in an epoch's validation loss."""
        if loss < self._best - self.least_gain:
            self._best, self._waited = loss, 0
            arrays = network.parameters | network.state
            self._kept = {name: array.copy() for name, array in arrays.items()}
        else:
            self._waited += 1
        return self._waited >= self.patience

    def restore(self, network: Graph) -> None:
        """Bring the best epoch's parameters back."""
        arrays = network.parameters | network.state
        for name, kept in self._kept.items():
            arrays[name][...] = kept
