"""What an engine says of how it will compute a convolution."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Explanation", "Step"]


@dataclass(frozen=True)
class Step:
    """One of the three functions of a convolution.

    Attributes
    ----------
    name : str
        "forward", "gradient by x" or "gradient by weight".
    algorithm : str
        How the engine computes it.
    reason : str
        Why so, and not otherwise.
    multiply_adds : int
        Products of the definition, whatever the algorithm.
    workspace : int
        Bytes beside the arguments and the result, at most.
    share_of_peak : float or None
        The speed that the engine's model predicts: products of the definition in a second, as a
        share of those that the processor can compute. More than 1 if the algorithm needs fewer
        products than the definition; None if the engine has no model.
    """

    name: str
    algorithm: str
    reason: str
    multiply_adds: int
    workspace: int
    share_of_peak: float | None


@dataclass(frozen=True)
class Explanation:
    """What ``explain_conv2d`` says; printed, a table.

    Attributes
    ----------
    engine : str
        The engine in use.
    problem : str
        Shapes and options.
    steps : tuple of Step
        Forward, gradient by x, gradient by weight.
    """

    engine: str
    problem: str
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        lines = [f"{self.problem}, engine {self.engine}"]
        for step in self.steps:
            share = ""
            if step.share_of_peak is not None:
                share = f", {step.share_of_peak:.0%} of peak predicted"
            lines.append(f"  {step.name}: {step.algorithm} ({step.reason})")
            lines.append(
                f"    {step.multiply_adds:,} multiply-adds, at most "
                f"{step.workspace / 2**20:.2f} MiB workspace{share}"
            )
        return "\n".join(lines)
