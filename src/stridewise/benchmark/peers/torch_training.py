"""The networks of the training benchmark as one would write them in PyTorch."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.benchmark.timing import fastest

__all__ = ["training_step"]


def training_step(
    name: str,
    parameters: Mapping[str, Array],
    x: Array,
    labels: Array,
    rate: float,
    momentum: float,
) -> Callable[[], float]:
    """The call that trains by one step, and gives the loss before it.

    In whichever memory layout is the faster; it begins with these parameters.
    """
    torch: Any = importlib.import_module("torch")  # its types say nothing where it is not there
    networks = {"lenet5": _lenet5, "residual": _residual}
    layouts = (torch.channels_last, torch.contiguous_format)

    def make(layout: Any) -> Callable[[], float]:
        model = networks[name](torch.nn)
        with torch.no_grad():
            _take(torch, model, parameters)
        model = model.to(memory_format=layout)
        images = torch.from_numpy(x).movedim(-1, 1).contiguous(memory_format=layout)
        targets = torch.from_numpy(labels)
        optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)

        def step() -> float:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(images), targets)
            loss.backward()
            optimizer.step()
            return float(loss.item())

        return step

    # Tried on models that are thrown away: the one that is given has not trained yet.
    return make(layouts[fastest([make(layout) for layout in layouts])])


def _lenet5(nn: Any) -> Any:
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def _residual(nn: Any) -> Any:
    class Block(nn.Module):  # type: ignore[misc]  # see above
        """Two convolutions, and a way around them."""

        def __init__(self, C_in: int, C_out: int, stride: int) -> None:
            super().__init__()
            self.inner = nn.Sequential(
                *conv_norm(C_in, C_out, 3, stride), nn.ReLU(), *conv_norm(C_out, C_out, 3, 1)
            )
            around = conv_norm(C_in, C_out, 1, stride) if stride != 1 else ()
            self.shortcut = nn.Sequential(*around)

        def forward(self, x: Any) -> Any:
            """Add what comes both ways."""
            return nn.functional.relu(self.inner(x) + self.shortcut(x))

    def conv_norm(C_in: int, C_out: int, kernel: int, stride: int) -> tuple[Any, Any]:
        options = {"stride": stride, "padding": kernel // 2, "bias": False}
        return nn.Conv2d(C_in, C_out, kernel, **options), nn.BatchNorm2d(C_out)

    return nn.Sequential(
        *conv_norm(3, 16, 3, 1),
        nn.ReLU(),
        Block(16, 16, 1),
        Block(16, 32, 2),
        Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    )


def _take(torch: Any, model: Any, parameters: Mapping[str, Array]) -> None:
    """Copy parameters of the same order, from Stridewise's layout to PyTorch's."""
    for own, array in zip(model.parameters(), parameters.values(), strict=True):
        if array.shape == (400, 120):  # after flattening 5 × 5 × 16: channels come first there
            array = array.reshape(5, 5, 16, 120).transpose(2, 0, 1, 3).reshape(400, 120)
        axes = (3, 2, 0, 1) if array.ndim == 4 else range(array.ndim)[::-1]
        own.copy_(torch.from_numpy(np.ascontiguousarray(array.transpose(axes))))
