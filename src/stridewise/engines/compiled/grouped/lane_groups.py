"""Which lane of a vector holds which channel, where groups are narrower than a vector.

A vector of output channels covers as many whole groups as fit. All of them see different input
channels: when input channel ``j`` of every group is due, lane ``o`` needs element
``o // C_out_group · C_in_group + j`` of what its groups see. That is the same exchange of lanes for
every vector, so it is a constant of the code; with one input and one output a group it is none.

>>> pairs = LaneGroups(lanes=4, C_in_group=2, C_out_group=2)
>>> pairs.outputs, pairs.inputs, pairs.order(0), pairs.order(1)
(4, 4, [0, 0, 2, 2], [1, 1, 3, 3])
"""

from __future__ import annotations

from typing import NamedTuple

from stridewise.engines.compiled.code.language import Kernel, Pointer, Value

__all__ = ["LaneGroups"]


class LaneGroups(NamedTuple):
    """Vectors of ``lanes`` lanes for groups of so many input and output channels."""

    lanes: int
    C_in_group: int
    C_out_group: int

    @property
    def outputs(self) -> int:
        """Lanes in use: output channels of whole groups."""
        return self.lanes // self.C_out_group * self.C_out_group

    @property
    def inputs(self) -> int:
        """Input channels that these groups see: neighbours in memory."""
        return self.lanes // self.C_out_group * self.C_in_group

    @property
    def pieces(self) -> int:
        """Vectors that hold them."""
        return -(-self.inputs // self.lanes)

    def order(self, j: int) -> list[int]:
        """For each lane, where input ``j`` of its group is; lanes out of use repeat the last."""
        used = [o // self.C_out_group * self.C_in_group + j for o in range(self.outputs)]
        return used + used[-1:] * (self.lanes - self.outputs)

    def masks(self, k: Kernel, inputs_left: Value) -> list[Value]:
        """For each piece, the lanes that hold one of the last ``inputs_left`` channels."""
        count = k.least(inputs_left, self.inputs)
        return [
            k.lanes_below(count - piece * self.lanes, self._piece_lanes)
            for piece in range(self.pieces)
        ]

    @property
    def _piece_lanes(self) -> int:
        return self.lanes if self.pieces > 1 else self.inputs

    def load(self, x: Pointer, masks: list[Value] | None) -> list[Value]:
        """What the groups of a vector see, from the first channel on."""
        return [
            (x + piece * self.lanes).load(self._piece_lanes, masks[piece] if masks else None)
            for piece in range(self.pieces)
        ]

    def spread(self, k: Kernel, pieces: list[Value], j: int) -> Value:
        """The vector that has input ``j`` of its own group in each lane."""
        order = self.order(j)
        if order == list(range(self._piece_lanes)):
            return pieces[0]
        if self.pieces == 1:
            return k.shuffle(pieces[0], pieces[0], order)
        found = k.shuffle(pieces[0], pieces[1], [at % (2 * self.lanes) for at in order])
        for piece in range(2, self.pieces):
            here = [
                self.lanes + at % self.lanes if at // self.lanes == piece else lane
                for lane, at in enumerate(order)
            ]
            found = k.shuffle(found, pieces[piece], here)
        return found
