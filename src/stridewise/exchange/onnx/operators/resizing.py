"""Resize and its forerunner Upsample, along whatever axes, in whatever layout."""

from __future__ import annotations

from typing import Any

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.folding import Folding
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.options import but_for_the_batch
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.reading import refuse
from stridewise.exchange.onnx.values import Value, axis_last

__all__: list[str] = []


@translates("Resize", "Upsample")
def resize(node: OnnxNode, to: Builder) -> None:
    """Sizes or scales are known, or come as values."""
    x = to.values[node.inputs[0]]
    places = {"roi": 1, "scales": 2, "sizes": 3}
    if node.operator == "Upsample" or node.opset < 11:
        places = {"scales": 1}
    known: dict[str, list[float]] = {}
    computed: dict[str, Value] = {}
    for name, place in places.items():
        array = to.constant(node.input(place))
        if array is not None:
            known[name] = Folding.listed(array.reshape(-1))
        elif node.input(place):
            computed[name] = to.plain(node.inputs[place])
    if node.get("scales") is not None:
        known["scales"] = node.get("scales")
    known = {name: numbers for name, numbers in known.items() if numbers}
    if "sizes" in known or "sizes" in computed:
        known.pop("scales", None)
        computed.pop("scales", None)
    settings = _how(node)
    axes = node.get("axes")
    if "sizes" in computed and axes is None and x.batched:
        sizes = but_for_the_batch(to.sizes.get(computed["sizes"].tensor))
        if sizes is not None:
            del computed["sizes"]
            known["sizes"], axes = [*sizes[1:]], [*range(1, len(sizes))]
    if axes is None:
        count = x.rank or len(known.get("sizes", known.get("scales", [])))
        axes = [*range(count)]
    if computed or "tf_crop" in settings["coordinates"]:
        x = to.plain(node.inputs[0])
    rank = len(axes) if x.rank is None else x.rank
    for name in ("sizes", "scales"):
        if name in known and len(known[name]) != len(axes):
            raise refuse(
                f"`{name}` does not fit the axes.",
                needed=f"{len(axes)} numbers, one for each axis",
                received=f"{len(known[name]):,}",
                hint="onnx.checker.check_model, for more detail",
            )
        if name in known and x.rank is not None:
            # What does not change needs no axis, and no mapping.
            kept = [n for n, scale in enumerate(known[name]) if name == "sizes" or scale != 1]
            known[name] = [known[name][n] for n in kept]
            if "roi" in known:
                half = len(known["roi"]) // 2
                known["roi"] = [known["roi"][n + part] for part in (0, half) for n in kept]
            axes = [axes[n] for n in kept]
    if x.last:
        axes = [axis_last(axis, rank) for axis in axes]
    settings |= known | {"axes": axes}
    settings |= {"given": [*computed]} if computed else {}
    to.call(
        node.outputs[0],
        "resize",
        x,
        *computed.values(),
        rank=x.rank,
        last=x.last,
        batched=True,
        **settings,
    )


def _how(node: OnnxNode) -> dict[str, Any]:
    """How new elements are made of old ones; before opset 11, plainly."""
    mode = node.get("mode", "nearest")
    if node.operator == "Upsample" or node.opset < 11:
        return {
            "mode": {"bilinear": "linear"}.get(mode, mode),
            "coordinates": "asymmetric",
            "nearest": "floor",
        }
    return {
        "mode": mode,
        "coordinates": node.get("coordinate_transformation_mode", "half_pixel"),
        "nearest": node.get("nearest_mode", "round_prefer_floor"),
        "cubic_coeff": node.get("cubic_coeff_a", -0.75),
        "exclude_outside": bool(node.get("exclude_outside", 0)),
        "extrapolation_value": node.get("extrapolation_value", 0.0),
        "antialias": bool(node.get("antialias", 0)),
        "policy": node.get("keep_aspect_ratio_policy", "stretch"),
    }
