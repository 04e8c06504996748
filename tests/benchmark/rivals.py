"""Small problems of every kind, and peers that are not there, wrong, or slow."""

import numpy as np

from stridewise.benchmark import ours
from stridewise.benchmark.peers import Peer, Rival
from stridewise.benchmark.problem import ConvProblem, PoolProblem

PROBLEMS = [
    ConvProblem("c", 2, (9, 7), (3, 3), (1, 1), (1, 1), 4, 6, (1, 1), 1),
    ConvProblem("c", 2, (9, 8), (3, 2), (2, 1), "same", 4, 6, (1, 1), 2),
    ConvProblem("c", 1, (9, 8), (4, 4), (1, 1), "same", 4, 5, (1, 1), 1),
    ConvProblem("c", 2, (9,), (3,), (1,), (2,), 4, 6, (2,), 1),
    ConvProblem("c", 2, (9, 8, 7), (3, 1, 2), (2, 1, 1), (1, 0, 0), 3, 6, (1, 1, 1), 3),
    PoolProblem("p", 2, (9, 8), (3, 3), (2, 2), (1, 1), 4, "max"),
    PoolProblem("p", 2, (9, 8), (3, 3), (2, 2), (1, 1), 4, "average"),
    PoolProblem("p", 2, (9, 8), (3, 2), (2, 2), "same", 4, "average"),
    PoolProblem("p", 2, (9, 8), (2, 3), (2, 2), "same", 4, "max"),
    PoolProblem("p", 2, (8,), (2,), (2,), (0,), 4, "max"),
    PoolProblem("p", 2, (8, 6, 7), (3, 2, 3), (1, 2, 1), (1, 0, 1), 4, "average"),
]


class Copy(Peer):
    """A peer that computes what Stridewise does; of poolings it has no gradient."""

    name = "copy"
    packages = ("numpy",)

    def convolution(self, problem):
        return self._mine(problem, "forward")

    def pooling(self, problem):
        return self._mine(problem, "forward")

    def backward(self, problem):
        return self._mine(problem, "backward") if isinstance(problem, ConvProblem) else None

    def _mine(self, problem, direction):
        return Rival(ours.call(problem, direction), ours.results)


class Wrong(Copy):
    """A peer that is wrong in one element."""

    name = "wrong"

    def _mine(self, problem, direction):
        def read(found):
            *others, last = (np.array(array) for array in ours.results(found))
            last.flat[-1] += 1
            return (*others, last)

        return Rival(ours.call(problem, direction), read)


class Misshapen(Copy):
    """A peer whose result has another shape."""

    name = "misshapen"

    def _mine(self, problem, direction):
        return Rival(ours.call(problem, direction), lambda y: (y[1:],))


class Absent(Copy):
    """A peer that nobody has installed."""

    name = "absent"
    packages = ("no_such_package", "nor_this")
